using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;

namespace Gateflow.Tests.Usage;

public sealed class UsageFoldingTests
{
    [Theory]
    [InlineData(OutcomeKind.Success, "latency=1")]
    [InlineData(OutcomeKind.TargetFailure, "fallbacks=1")]
    [InlineData(OutcomeKind.SourceFailure, "errors=1")]
    [InlineData(OutcomeKind.OutageBoth, "errors=1")]
    [InlineData(OutcomeKind.BrokenStream, "errors=1")]
    [InlineData(OutcomeKind.ClientFault, "client=1")]
    [InlineData(OutcomeKind.Policy, "client=1")]
    [InlineData(OutcomeKind.RateLimited, "limited=1")]
    [InlineData(OutcomeKind.ClientCancel, "cancelled=1")]
    public void Rollup_Outcome_CountsInItsColumnsOnly(OutcomeKind outcome, string expected)
    {
        var row = Rollup(Requests.Create(outcome: outcome));

        (string Name, long Count)[] columns =
        [
            ("errors", row.Errors), ("client", row.ClientErrors), ("limited", row.RateLimited), ("cancelled", row.Cancelled),
            ("fallbacks", row.Fallbacks), ("latency", LatencyHistogram.Unpack(row.LatencyHistogram).Count),
        ];
        Assert.Equal(expected, string.Join(' ', columns.Where(c => c.Count != 0).Select(c => $"{c.Name}={c.Count}")));
        Assert.Equal(1, row.Requests);
    }

    [Theory]
    [InlineData(OutcomeKind.Success, "successes=1 latency=1 quality=1")]
    [InlineData(OutcomeKind.TargetFailure, "failures=1 fallbacks=1")]
    [InlineData(OutcomeKind.SourceFailure, "failures=1")]
    [InlineData(OutcomeKind.BrokenStream, "failures=1")]
    [InlineData(OutcomeKind.OutageBoth, "outage=1")]
    [InlineData(OutcomeKind.ClientFault, "faults=1")]
    [InlineData(OutcomeKind.Policy, "policy=1")]
    [InlineData(OutcomeKind.RateLimited, "limited=1")]
    [InlineData(OutcomeKind.ClientCancel, "cancelled=1")]
    public void Window_Outcome_CountsInItsColumnsOnly(OutcomeKind outcome, string expected)
    {
        var (_, row) = Window(Requests.Create(outcome: outcome, arm: Arm.Target, migration: "mig_1", latency: 300, quality: 0.5));

        (string Name, long Count)[] columns =
        [
            ("successes", row.Successes), ("failures", row.Failures), ("outage", row.OutageBoth), ("faults", row.ClientFaults), ("policy", row.Policy),
            ("limited", row.RateLimited), ("cancelled", row.Cancelled), ("fallbacks", row.Fallbacks),
            ("latency", LatencyHistogram.Unpack(row.LatencyHistogram).Count), ("quality", row.QualityCount),
        ];
        Assert.Equal(expected, string.Join(' ', columns.Where(c => c.Count != 0).Select(c => $"{c.Name}={c.Count}")));
        Assert.Equal(1, row.Requests);
    }

    [Fact]
    public void Users_MoreThanAreToldApart_CountAsOthers()
    {
        var folding = new UsageFolding();
        for (var i = 0; i < UsageFolding.MaxUsers + 20; i++)
        {
            folding.Add(Requests.Create(user: $"user {i}"));
        }

        folding.Add(Requests.Create(user: "user 0"));

        Assert.Equal(UsageFolding.MaxUsers + 1, folding.Users.Count);
        Assert.Equal(20, CountOf(UsageDay.Others));
        Assert.Equal(2, CountOf("user 0"));

        long CountOf(string user) => folding.Users.Single(u => u.Key.User == user).Value.Hours.Values.Sum();
    }

    [Fact]
    public void Features_MoreThanAreToldApart_CountAsOthers()
    {
        var folding = new UsageFolding();
        for (var i = 0; i < UsageFolding.MaxFeatures + 20; i++)
        {
            folding.Add(Requests.Create(feature: $"trace {i}"));
        }

        folding.Add(Requests.Create(feature: "trace 0"));
        folding.Add(Requests.Create(feature: null));

        Assert.Equal(UsageFolding.MaxFeatures + 2, folding.Rollups.Count);
        Assert.Equal((20, 2, 1), (CountOf(UsageDay.Others), CountOf("trace 0"), CountOf("")));

        long CountOf(string feature) => folding.Rollups.Single(r => r.Key.Feature == feature).Value.Hours.Values.Sum();
    }

    [Fact]
    public void Outcomes_All_AreMapped() => Assert.All(Enum.GetValues<OutcomeKind>(), kind => OutcomeColumns.Of(kind));

    [Fact]
    public void Rollup_TwoRequests_AddsTokensAndKeepsTheLargest()
    {
        var row = Rollup(
            Requests.Create(input: 1_000, output: 30, cached: 400, estimated: true, capabilities: Capabilities.Chat | Capabilities.JsonMode),
            Requests.Create(input: 10, output: 90));

        Assert.Equal((1_010, 120, 400), (row.InputTokens, row.OutputTokens, row.CachedTokens));
        Assert.Equal((1_030, 90, 1), (row.MaxContext, row.MaxOutput, row.EstimatedRequests));
        Assert.Equal(2, CapabilityCounts.Unpack(row.CapabilityCounts)[Capabilities.Chat]);
        Assert.Equal(1, CapabilityCounts.Unpack(row.CapabilityCounts)[Capabilities.JsonMode]);
        Assert.Equal(2, ContextHistogram.Unpack(row.ContextHistogram).Count);
    }

    [Fact]
    public void Cost_ServedByAnotherModel_IsThatModelsPrice()
    {
        var row = Rollup(Requests.Create(model: "gpt-4", served: "gpt-4o-mini", input: 1_000_000, output: 0));

        Assert.Equal(0.15m, row.Cost);
        Assert.Equal(0, row.UnpricedRequests);
    }

    [Fact]
    public void Cost_UnknownPrice_IsCountedNotGuessed()
    {
        var row = Rollup(Requests.Create(served: "house-model-7b"));

        Assert.Equal((0m, 1), (row.Cost, row.UnpricedRequests));
    }

    [Fact]
    public void Cost_NobodyAnswered_IsNeitherPricedNorUnpriced()
    {
        var row = Rollup(Requests.Create(outcome: OutcomeKind.SourceFailure, served: null, input: 0, output: 0));

        Assert.Equal((0m, 0, 0), (row.Cost, row.UnpricedRequests, ContextHistogram.Unpack(row.ContextHistogram).Count));
    }

    [Fact]
    public void Cost_CallerBrokeOffAndThePriceIsUnknown_IsUnpriced()
    {
        var record = Requests.Create(outcome: OutcomeKind.ClientCancel, served: null, arm: Arm.Target, migration: "mig_1", input: 10, output: 3);

        Assert.Equal((1, 1), (Rollup(record).UnpricedRequests, Window(record).Row.UnpricedRequests));
    }

    [Fact]
    public void Fallback_ByAChain_IsAnErrorOfTheModelAndAFallback()
    {
        var row = Rollup(Requests.Create(outcome: OutcomeKind.SourceFailure, served: "gpt-4o", fallback: "provider_error"));

        Assert.Equal((1, 1), (row.Errors, row.Fallbacks));
    }

    [Fact]
    public void Keys_DifferentSeries_AreKeptApart()
    {
        var folding = new UsageFolding();
        foreach (var record in new[]
        {
            Requests.Create(), Requests.Create(feature: null), Requests.Create(key: "key_b"), Requests.Create(model: "gpt-4o"), Requests.Create(served: "gpt-4o"),
            Requests.Create(at: Requests.Start.AddHours(1)), Requests.Create(at: Requests.Start.ToOffset(TimeSpan.FromHours(5.5)).AddMinutes(29)),
        })
        {
            folding.Add(record);
        }

        Assert.Equal(6, folding.Rollups.Count);
        Assert.All(folding.Rollups.Keys, key => Assert.Equal((TimeSpan.Zero, 0, 0), (key.Hour.Offset, key.Hour.Minute, key.Hour.Second)));
    }

    [Fact]
    public void Window_RequestThatEndsLater_BelongsToTheWindowOfItsEnd()
    {
        var (key, _) = Window(Requests.Create(at: Requests.Start.AddSeconds(9), duration: 2_000, arm: Arm.Source, migration: "mig_1"));

        Assert.Equal(Requests.Start.AddSeconds(10), key.At);
    }

    [Fact]
    public void Window_NoMigration_IsNone()
    {
        var folding = new UsageFolding();

        folding.Add(Requests.Create());

        Assert.Empty(folding.Windows);
    }

    [Fact]
    public void Key_TextsTooLongForTheirColumns_AreCut()
    {
        var key = RollupKey.Of(Requests.Create(feature: new string('f', 99) + "😀", model: "m\0" + new string('x', 300)));

        Assert.Equal(new string('f', 99), key.Feature);
        Assert.Equal(200, key.Model.Length);
        Assert.DoesNotContain('\0', key.Model);
    }

    private static UsageRollup Rollup(params RequestRecord[] records)
    {
        var folding = new UsageFolding();
        Array.ForEach(records, r => folding.Add(r));
        var (key, tally) = Assert.Single(folding.Rollups);
        var row = new UsageRollup { Hour = key.Hour, Node = "n", Model = key.Model, ServedModel = key.ServedModel, Feature = key.Feature, KeyId = key.KeyId };
        tally.AddTo(row);
        return row;
    }

    private static (WindowKey Key, ArmWindow Row) Window(RequestRecord record)
    {
        var folding = new UsageFolding();
        folding.Add(record);
        var (key, tally) = Assert.Single(folding.Windows);
        var row = new ArmWindow { At = key.At, Node = "n", MigrationId = key.MigrationId, Arm = key.Arm };
        tally.AddTo(row);
        return (key, row);
    }
}
