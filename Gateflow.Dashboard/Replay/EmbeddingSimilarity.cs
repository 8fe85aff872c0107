using Gateflow.Core.Replay;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Replay;

namespace Gateflow.Dashboard.Replay;

/// <summary>Chooses how a test compares texts.</summary>
internal sealed class SimilarityFactory(ReplayClient client, EmbeddingCache cache, TimeProvider clock)
{
    public ISimilarity Create(ReplayPlan plan, ReplayBudget budget) => Create(plan.Embedding, budget);

    /// <param name="embedding">Gives embeddings; null for lexical similarity.</param>
    /// <param name="budget">Pays for them.</param>
    public ISimilarity Create(ModelRoute? embedding, ReplayBudget budget) =>
        embedding is { } model ? new EmbeddingSimilarity(model, client, cache, budget, clock) : new LexicalSimilarity();
}

/// <summary>
/// Similarity by embeddings of a served model: in batches, each text once, within the test's money. Whatever goes wrong, the texts are compared
/// lexically instead and the space says so: scores of two methods are never mixed.
/// </summary>
internal sealed class EmbeddingSimilarity(ModelRoute model, ReplayClient client, EmbeddingCache cache, ReplayBudget budget, TimeProvider clock) : ISimilarity
{
    private const int MostTexts = 64;
    private const int MostCharacters = 120_000;

    /// <summary>Characters of a text that are sent: usual models take 8,192 tokens.</summary>
    private const int LongestText = 16_000;

    /// <summary>Few enough that an estimate of tokens is seldom too low.</summary>
    private const int CharactersAToken = 3;

    private readonly ModelEndpoint _endpoint = model.Endpoints[0];

    public async Task<ITextSpace> PlaceAsync(IReadOnlyList<string> texts, int distinct, CancellationToken cancellationToken)
    {
        var sent = texts.Select(t => t.Length > LongestText ? t[..LongestText] : t).ToList();
        var vectors = new Dictionary<string, float[]>(StringComparer.Ordinal);
        string? fault = null;
        foreach (var batch in Batches(sent, vectors))
        {
            try
            {
                fault = await FetchAsync(batch, vectors, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                fault = "the test was cancelled";
            }

            if (fault is not null)
            {
                break;
            }
        }

        fault ??= vectors.Values.Select(v => v.Length).Distinct().Skip(1).Any() ? "its vectors are not all of one length" : null;
        return fault is null
            ? new EmbeddingSpace(sent, vectors, distinct, model.Id)
            : new Fallback(LexicalSimilarity.Place(texts), $"Compared lexically: {model.Id} gave no embeddings ({fault}).");
    }

    private string Key => $"{_endpoint.Provider.Name}/{_endpoint.UpstreamModel}";

    /// <summary>What is not known yet, in the order of the texts.</summary>
    private List<List<string>> Batches(List<string> texts, Dictionary<string, float[]> known)
    {
        List<List<string>> batches = [];
        var characters = 0;
        foreach (var text in texts.Where(t => !string.IsNullOrWhiteSpace(t)).Distinct(StringComparer.Ordinal))
        {
            if (cache.Find(Key, text) is { } vector)
            {
                known[text] = vector;
                continue;
            }

            if (batches.Count == 0 || batches[^1].Count == MostTexts || characters + text.Length > MostCharacters)
            {
                batches.Add([]);
                characters = 0;
            }

            batches[^1].Add(text);
            characters += text.Length;
        }

        return batches;
    }

    /// <summary>Why there are no vectors; null when there are.</summary>
    private async Task<string?> FetchAsync(List<string> batch, Dictionary<string, float[]> vectors, CancellationToken cancellationToken)
    {
        var estimate = Cost(batch.Sum(t => (t.Length / CharactersAToken) + 1));
        if (!await budget.ReserveAsync(estimate, cancellationToken))
        {
            return "the budget does not suffice";
        }

        Charge charge = default;
        try
        {
            var reply = await client.SendAsync(_endpoint.Provider, token => DirectEmbeddings.CreateAsync(_endpoint, batch, clock.GetUtcNow(), token), cancellationToken);
            if (reply.Body is null)
            {
                charge = reply.MayBeBilled ? Charge.Foretold(estimate) : default;
                return reply.Error;
            }

            var answer = DirectEmbeddings.Read(reply.Body, batch.Count);
            charge = answer.Tokens is { } tokens ? new Charge(Cost(tokens), false) : Charge.Foretold(estimate);
            if (answer.Vectors is null)
            {
                return "the answer does not hold one vector of one length for each text";
            }

            foreach (var (text, vector) in batch.Zip(answer.Vectors))
            {
                vectors[text] = vector;
                cache.Add(Key, text, vector);
            }

            return null;
        }
        finally
        {
            budget.Settle(estimate, charge);
        }
    }

    private decimal Cost(int tokens) => model.Facts?.Cost(tokens, 0, 0) ?? 0;

    /// <summary>The space of another method, with the reason.</summary>
    private sealed class Fallback(ITextSpace space, string note) : ITextSpace
    {
        public string Method => space.Method;

        public string? Note => note;

        public SimilarityScale Scale => space.Scale;

        public double Between(int first, int second) => space.Between(first, second);
    }
}
