using Gateflow.Core.Replay;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Replay;

namespace Gateflow.Tests.Replay;

public sealed class ReplayRequestTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_UnknownMigration_IsNotFound()
    {
        await using var bench = await ReplayBench.StartAsync();

        Assert.Equal(RefusalKind.NotFound, (await bench.Runner.StartAsync("mig_0", new ReplayRequest { TargetModel = ReplayBench.Target }, "me", Token)).Refusal!.Kind);
    }

    [Fact]
    public async Task Start_NothingStored_SaysWhatToDo()
    {
        await using var bench = await ReplayBench.StartAsync();

        var refusal = (await bench.Runner.StartAsync(ReplayBench.MigrationId, new ReplayRequest { TargetModel = ReplayBench.Target }, "me", Token)).Refusal!;

        Assert.Equal((RefusalKind.Invalid, "no_samples"), (refusal.Kind, refusal.Code));
        Assert.Contains("Gateflow:Samples:Enabled", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_TargetThatCannotBeCalled_IsRefused()
    {
        await using var bench = await ReplayBench.StartAsync();
        await bench.StoreAsync(1);
        (string? Target, string Message)[] cases =
        [
            (null, "has no target yet"),
            (ReplayBench.Source, "another model"),
            ("no-such-model", "not a known model"),
            ("gpt-4-turbo", "No configured provider serves 'gpt-4-turbo'"),
        ];

        foreach (var (target, message) in cases)
        {
            var refusal = (await bench.Runner.StartAsync(ReplayBench.MigrationId, new ReplayRequest { TargetModel = target }, "me", Token)).Refusal!;

            Assert.Equal((RefusalKind.Invalid, "target_model"), (refusal.Kind, refusal.Param));
            Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Start_CapOnAnUnknownPrice_IsRefused()
    {
        await using var bench = await ReplayBench.StartAsync();
        await bench.StoreAsync(1);

        var refusal = (await bench.Runner.StartAsync(ReplayBench.MigrationId, new ReplayRequest { TargetModel = "unpriced", MaxCost = 1 }, "me", Token)).Refusal!;

        Assert.Equal("max_cost", refusal.Param);
        Assert.Null((await bench.RunAsync(new ReplayRequest { TargetModel = "unpriced" })).Results!.TargetModel.AvgCost);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(1000, true)]
    [InlineData(0, false)]
    [InlineData(1001, false)]
    [InlineData(-5, false)]
    public void Validate_TestRequests_LieWithinBounds(int requests, bool valid)
    {
        Assert.Equal(valid, new ReplayRequestValidator().Validate(new ReplayRequest { TestRequests = requests }).IsValid);
    }

    [Fact]
    public void Validate_Dataset_NeedsItsIdAndNothingRecorded()
    {
        var rules = new ReplayRequestValidator();

        Assert.True(rules.Validate(new ReplayRequest { Source = "dataset", DatasetId = "ds_1" }).IsValid);
        Assert.Equal(["DatasetId", "Compare"], rules.Validate(new ReplayRequest { Source = "dataset", Compare = ReplayCompare.Recorded }).Errors.Select(f => f.PropertyName));
        Assert.Equal(["DatasetId"], rules.Validate(new ReplayRequest { DatasetId = "ds_1" }).Errors.Select(f => f.PropertyName));
    }

    [Fact]
    public void Validate_UnknownSource_IsNamed()
    {
        Assert.Equal("source must be 'recent_production' or 'dataset'.", Assert.Single(new ReplayRequestValidator().Validate(new ReplayRequest { Source = "x" }).Errors).ErrorMessage);
    }
}
