using System.Text.Json;
using Gateflow.Core.Catalog;
using Gateflow.Core.Datasets;
using Gateflow.Core.Migrations;
using Gateflow.Core.Replay;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Replay;
using Gateflow.Gateway.Replay;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Datasets;

/// <summary>Fills sets from what is stored: samples of production and pairs of replays.</summary>
internal sealed class DatasetSources(IDbContextFactory<GateflowDb> databases, DatasetTexts texts, DatasetWriter writer, ReplayOptions options)
{
    /// <summary>A sample of the requests that went to a model, drawn as for a replay.</summary>
    public async Task<Result<AddReport>> SamplesAsync(string datasetId, FromSamples from, CancellationToken cancellationToken)
    {
        List<string> chosen;
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
        {
            var candidates = await db.Samples.AsNoTracking()
                .Where(s => s.Model == from.Model && (from.Feature == null || s.Feature == from.Feature) && (from.From == null || s.At >= from.From) && (from.To == null || s.At < from.To))
                .OrderByDescending(s => s.At).Take(options.Candidates)
                .Select(s => new ReplayCandidate(s.Id, s.At, s.Feature, s.Capabilities, s.InputTokens, s.OutputTokens, s.BodyHash, s.QuestionHash)).ToListAsync(cancellationToken);
            chosen = [.. ReplaySampling.Choose(candidates.Where(c => (c.Capabilities & (Capabilities.Embeddings | Capabilities.Completions)) == 0), from.Count, options.Seed).Select(c => c.Id)];
        }

        if (chosen.Count == 0)
        {
            return new Refusal(RefusalKind.Invalid, "no_samples",
                "No stored request fits. GET /v1/management/samples tells what is stored; requests are kept while Gateflow:Samples:Enabled is on.") { Param = "samples" };
        }

        return await FillAsync(datasetId, chosen, async ids =>
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            return (await db.Samples.AsNoTracking().Where(s => ids.Contains(s.Id)).ToListAsync(cancellationToken))
                .ToDictionary(s => s.Id, s => Draft(texts.Bytes(s.Request), from.Expected == "recorded" ? Recorded(texts.Bytes(s.Response)) : null, s.Feature, ItemOrigin.Sample, s.Id, s.OutputTokens), StringComparer.Ordinal);
        }, cancellationToken);
    }

    /// <summary>Pairs with the request that they were made of; where it is gone, with its last user message alone.</summary>
    public async Task<Result<AddReport>> PairsAsync(string datasetId, FromPairs from, CancellationToken cancellationToken)
    {
        List<string> chosen;
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
        {
            if (!await db.ReplayTests.AnyAsync(t => t.Id == from.TestId, cancellationToken))
            {
                return Refusal.Invalid("pairs.test_id", $"There is no test '{from.TestId}'.");
            }

            var known = await db.ReplayPairs.Where(p => p.TestId == from.TestId).OrderBy(p => p.Id).Select(p => p.Id).ToListAsync(cancellationToken);
            if (from.PairIds?.FirstOrDefault(id => !known.Contains(id, StringComparer.Ordinal)) is { } unknown)
            {
                return Refusal.Invalid("pairs.pair_ids", $"The test has no pair '{unknown}'.");
            }

            chosen = from.PairIds is { } ids ? [.. ids.Distinct(StringComparer.Ordinal)] : known;
        }

        return await FillAsync(datasetId, chosen, ids => DraftsAsync(ids, from.Expected, cancellationToken), cancellationToken);
    }

    private async Task<Dictionary<string, (ItemDraft?, string?)>> DraftsAsync(string[] ids, string expected, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var pairs = await db.ReplayPairs.AsNoTracking().Where(p => ids.Contains(p.Id)).ToListAsync(cancellationToken);
        var sources = pairs.ConvertAll(p => p.SampleId);
        var requests = await db.Samples.Where(s => sources.Contains(s.Id)).ToDictionaryAsync(s => s.Id, s => s.Request, StringComparer.Ordinal, cancellationToken);
        foreach (var (id, request) in await db.DatasetItems.Where(i => sources.Contains(i.Id)).Select(i => new ValueTuple<string, byte[]>(i.Id, i.Request)).ToListAsync(cancellationToken))
        {
            requests[id] = request;
        }

        return pairs.ToDictionary(p => p.Id, p =>
        {
            var answer = texts.Text(expected switch { "source" => p.SourceText, "target" => p.TargetText, _ => null });
            var request = texts.Bytes(requests.GetValueOrDefault(p.SampleId)) ?? (texts.Text(p.Prompt) is { Length: > 0 } prompt ? JsonSerializer.SerializeToUtf8Bytes(DatasetLine.Prompt(prompt)) : null);
            return Draft(request, answer, p.Feature, ItemOrigin.Pair, p.Id, 0);
        }, StringComparer.Ordinal);
    }

    private async Task<AddReport> FillAsync(
        string datasetId, List<string> chosen, Func<string[], Task<Dictionary<string, (ItemDraft? Draft, string? Fault)>>> read, CancellationToken cancellationToken)
    {
        var report = new AddReport();
        foreach (var chunk in chosen.Index().Chunk(DatasetWriter.Batch))
        {
            var drafts = await read([.. chunk.Select(c => c.Item)]);
            List<(int, ItemDraft)> batch = [];
            foreach (var (index, id) in chunk)
            {
                var (draft, fault) = drafts.GetValueOrDefault(id, (null, "it was deleted meanwhile"));
                if (draft is null)
                {
                    report.Reject(index + 1, fault!);
                }
                else
                {
                    batch.Add((index + 1, draft));
                }
            }

            if (!await writer.AddAsync(datasetId, batch, report, cancellationToken))
            {
                report.Stopped = $"The set is full: it holds {Dataset.MostItems} items.";
                break;
            }
        }

        return report;
    }

    private static (ItemDraft?, string?) Draft(byte[]? request, string? expected, string? feature, ItemOrigin origin, string id, int output)
    {
        if (request is null)
        {
            return (null, "its texts are deleted, or encrypted with keys that are gone");
        }

        var body = ReplayBody.Read(request);
        if (body is null)
        {
            return (null, "the stored request is no JSON object");
        }

        body.Json["model"] ??= "unspecified";
        var (draft, fault) = ItemDraft.Of(body.Bytes, expected, feature);
        return (draft is null ? null : draft with { Origin = origin, OriginId = id, OutputTokens = output }, fault);
    }

    /// <summary>The text that was answered; null for none, and for calls of tools.</summary>
    private static string? Recorded(byte[]? answer) => answer is not null && DirectRequest.ReadStored(answer) is { Calls.Count: 0, Text.Length: > 0 } read ? read.Text : null;
}
