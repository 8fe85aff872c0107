using System.Text;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Translation;

namespace Gateflow.Tests.Fuzz;

/// <summary>Broken answers of providers, whole and streamed: read or given up, and whatever was read can be told in every protocol.</summary>
public sealed class AnswerFuzzTests
{
    private const int Answers = 20_000;
    private const int Seed = 20261129;

    private static readonly ModelRequest Request = new() { Messages = [Message.Of(Role.User, "Hi")] };

    [Fact]
    public void Answers_Broken_AreReadOrGivenUp()
    {
        var mutator = new Mutator(Seed);
        var (read, given) = (0, 0);
        for (var i = 0; i < Answers; i++)
        {
            var (adapter, endpoint) = Speakers.Adapters[i % Speakers.Adapters.Count];
            var asked = adapter.Native ?? Protocol.Chat;
            var bodies = (i & 1) == 0 ? [mutator.Next(Corpus.Answers(endpoint.Provider.Type, asked))] : Stream(mutator, endpoint.Provider.Type, asked);
            try
            {
                var good = Read(adapter, bodies, (i & 1) == 0 ? null : Corpus.Names(endpoint.Provider.Type), whole: (i & 1) == 0);
                (read, given) = good ? (read + 1, given) : (read, given + 1);
            }
            catch (Exception fault)
            {
                Assert.Fail($"Answer {i} of {adapter.GetType().Name}: {fault}\n{string.Join('\n', bodies.Select(Encoding.UTF8.GetString))}");
            }
        }

        Assert.InRange(read, Answers / 10, Answers);
        Assert.InRange(given, Answers / 100, Answers);
    }

    /// <summary>A stream with one or two of its events broken, or out of order.</summary>
    private static byte[][] Stream(Mutator mutator, ProviderType provider, Protocol asked)
    {
        var events = Corpus.Events(provider, asked);
        var broken = mutator.Next(events);
        var at = broken.Length % events.Count;
        return [.. events.Select((e, i) => i == at ? broken : Encoding.UTF8.GetBytes(e))];
    }

    private static bool Read(IProviderAdapter adapter, byte[][] bodies, IReadOnlyList<string>? names, bool whole)
    {
        var parser = adapter.CreateParser();
        var parts = new List<AnswerPart>();
        var good = true;
        for (var i = 0; i < bodies.Length; i++)
        {
            var body = bodies[i];
            good &= whole ? parser.TryReadWhole(body, parts) : parser.TryReadEvent(body, names?[i], parts);
            using var facts = new AnswerFacts(keepContent: true);
            if (adapter.Native is not null)
            {
                adapter.TryRead(body, facts, out var marks);
                Assert.InRange(marks.ModelStart + marks.ModelLength, 0, body.Length);
            }

            adapter.Classify(400, body);
            adapter.ReadError(400, body, "p");
        }

        foreach (var protocol in Speakers.Protocols.Where(p => p.Kind != Protocol.Embeddings))
        {
            foreach (var stream in new[] { true, false })
            {
                Write(protocol, parts, stream);
            }
        }

        return good;
    }

    private static void Write(ICallerProtocol protocol, List<AnswerPart> parts, bool stream)
    {
        var writer = protocol.CreateWriter(new AnswerContext("req_1", "m", DateTimeOffset.UnixEpoch, Request, stream, IncludeUsage: true));
        using var output = new PooledBody(4096);
        foreach (var part in parts.TakeWhile(p => p is not Failed))
        {
            writer.Add(part, output);
        }

        writer.Complete(output);
        Assert.NotEqual(0, output.Length);
    }
}
