using Gateflow.Core.Migrations;
using Gateflow.Core.Recommendations;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Migrations;
using Gateflow.Tests.Usage;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Recommendations;

public sealed class CandidateEvidenceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Latencies_OfServedModels_AreMediansOfEnoughAnswers()
    {
        using var database = await UsageDatabase.CreateAsync();
        var folding = new UsageFolding();
        for (var i = 0; i < 25; i++)
        {
            folding.Add(Requests.Create(at: Requests.Start.AddDays(-3), model: "gpt-4", served: "gpt-4o", duration: 100 * (i + 1)));
        }

        folding.Add(Requests.Create(at: Requests.Start.AddDays(-3), model: "gpt-4", served: "gpt-4.1"));
        await using (var db = database.CreateDbContext())
        {
            var rollups = new KeptRollups();
            foreach (var (key, tally) in folding.Rollups)
            {
                await rollups.AddAsync(db, "node-1", key, tally, demo: false, Token);
            }

            await db.SaveChangesAsync(Token);
        }

        var seen = await new CandidateEvidence(database, new FakeTimeProvider(Requests.Start)).LatenciesAsync([new ServedModel("openai", "gpt-4o"), new ServedModel("openai", "gpt-4.1")], Token);

        Assert.Equal("gpt-4o", Assert.Single(seen).Key);
        Assert.InRange(seen["gpt-4o"], 1287, 1313);
    }

    [Fact]
    public async Task Quality_NothingTried_IsUnknown()
    {
        using var database = await UsageDatabase.CreateAsync();
        var draft = new Migration { Id = "mig_1", SourceModel = "gpt-4", CreatedAt = Requests.Start, CreatedBy = "tester" };
        draft.Create("tester", Requests.Start, []);
        await database.AddAsync(draft);

        Assert.Empty(await new CandidateEvidence(database, new FakeTimeProvider(Requests.Start)).QualityAsync("gpt-4", Token));
    }
}
