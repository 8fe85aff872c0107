using System.Security.Cryptography;
using Gateflow.Core.Access;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Usage;

/// <summary>Keeps the bodies that were chosen, redacted as configured and encrypted, each question once a model, and not more of a model than allowed.</summary>
internal sealed class SampleStore(
    IDbContextFactory<GateflowDb> databases, ISecretProtector protector, DemoKeys demo, SamplePolicy policy, TimeProvider clock)
{
    private const int DeleteChunk = 200;

    private readonly Random _random = new(20261124);

    /// <summary>Above it the surplus goes; a little more than allowed, so that thinning is seldom.</summary>
    private int Limit => policy.Current.MaxPerModel + (policy.Current.MaxPerModel / 20);

    /// <param name="records">Answered requests that carry bodies.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task AddAsync(IReadOnlyList<RequestRecord> records, CancellationToken cancellationToken)
    {
        demo.Refresh();
        var chosen = records.Where(r => !demo.IsGone(r.KeyId)).ToList();
        if (chosen.Count == 0)
        {
            return;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        foreach (var model in chosen.GroupBy(r => Columns.Fit(r.Model, 200)))
        {
            var bodies = model.Select(Clean).OfType<CleanBodies>().DistinctBy(x => Convert.ToHexString(x.Question)).ToList();
            try
            {
                await AddAsync(db, model.Key, bodies, cancellationToken);
            }
            catch (DbUpdateException)
            {
                db.ChangeTracker.Clear();
                await AddAsync(db, model.Key, bodies, cancellationToken); // another node stored one of them in the same moment: it is seen now
            }

            await ThinAsync(db, model.Key, cancellationToken);
        }
    }

    private async Task AddAsync(GateflowDb db, string model, List<CleanBodies> bodies, CancellationToken cancellationToken)
    {
        foreach (var one in bodies)
        {
            Processor.GiveWay();
            if (!await db.Samples.AnyAsync(s => s.Model == model && s.QuestionHash == one.Question, cancellationToken))
            {
                db.Samples.Add(Sample(one));
            }
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    private async Task ThinAsync(GateflowDb db, string model, CancellationToken cancellationToken)
    {
        if (await db.Samples.CountAsync(s => s.Model == model, cancellationToken) <= Limit)
        {
            return;
        }

        var samples = await db.Samples.Where(s => s.Model == model).OrderBy(s => s.Id).Select(s => new { s.Id, s.At }).ToListAsync(cancellationToken);
        foreach (var ids in SampleReservoir.Surplus(samples.ConvertAll(s => (s.Id, s.At)), policy.Current.MaxPerModel, _random).Chunk(DeleteChunk))
        {
            await db.Samples.Where(s => ids.Contains(s.Id)).ExecuteDeleteAsync(cancellationToken);
        }
    }

    /// <summary>The bodies as they may be stored; null for a request that cannot be redacted. A response that cannot is left out.</summary>
    private CleanBodies? Clean(RequestRecord record)
    {
        Processor.GiveWay();
        return policy.Redaction.Apply(record.RequestBody) is { } request
            ? new CleanBodies(record, QuestionHash.Of(request.Span), request, policy.Redaction.Apply(record.ResponseBody) ?? default)
            : null;
    }

    private Sample Sample(CleanBodies bodies)
    {
        var record = bodies.Record;
        return new Sample
        {
            Id = Ids.New("smp", clock.GetUtcNow()),
            At = record.At.ToUniversalTime(),
            Model = Columns.Fit(record.Model, 200),
            Feature = Columns.Fit(record.Feature, 100),
            Capabilities = record.Capabilities,
            InputTokens = record.InputTokens,
            OutputTokens = record.OutputTokens,
            ServedModel = Columns.Fit(record.ServedModel!, 200),
            LatencyMs = double.IsNaN(record.ModelLatencyMs) ? record.DurationMs : record.ModelLatencyMs,
            BodyHash = SHA256.HashData(bodies.Request.Span),
            QuestionHash = bodies.Question,
            Request = protector.Protect(bodies.Request.Span),
            Response = bodies.Response.IsEmpty ? null : protector.Protect(bodies.Response.Span),
            Demo = demo.IsDemo(record.KeyId),
        };
    }

    private sealed record CleanBodies(RequestRecord Record, byte[] Question, ReadOnlyMemory<byte> Request, ReadOnlyMemory<byte> Response);
}
