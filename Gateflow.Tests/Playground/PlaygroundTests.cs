using Bunit;
using Gateflow.Core.Catalog;
using Gateflow.Core.Fleet;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Composition;
using Gateflow.Dashboard.Playground;
using Gateflow.Tests.Management;
using Gateflow.Tests.Shell;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateflow.Tests.Playground;

/// <summary>The playground through the gateway of the very program, to the simulator.</summary>
public sealed class PlaygroundTests : IAsyncLifetime
{
    private static readonly PlaygroundRequest Hello = new() { System = "Be brief.", User = "What is the capital of France?", MaxTokens = 200, Temperature = 0.5 };

    private ManagedGateflow _gateflow = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _gateflow = await ManagedGateflow.StartAsync();

    public ValueTask DisposeAsync() => _gateflow.DisposeAsync();

    [Fact]
    public async Task Ask_AnswersWithTimesTokensAndCost_AndIsLoggedUnderItsKeyWithoutASample()
    {
        var side = await AskAsync(ManagedGateflow.Source);

        Assert.Equal((PlaygroundState.Done, null, "sim"), (side.State, side.Error, side.Provider));
        Assert.NotEmpty(side.Text);
        Assert.True(side.InputTokens > 0 && side.OutputTokens > 0 && side.Cost > 0);
        Assert.InRange(side.FirstTokenMs!.Value, 0, side.TotalMs!.Value);
        await _gateflow.RecordedAsync(async () => (await LogAsync()).Count == 1);
        var row = Assert.Single(await LogAsync());
        Assert.Equal((side.RequestId, PlaygroundKey.Id, PlaygroundKey.Feature), (row.Id, row.KeyId, row.Feature));
        await using var db = await OpenAsync();
        Assert.Empty(await db.Samples.ToListAsync(Token));
    }

    [Fact]
    public async Task Page_OfANodeWithoutAGateway_SaysSoInsteadOfAsking()
    {
        await using var here = new PageTestContext(_gateflow.Host);
        Assert.Single(here.Render<PlaygroundPage>().FindAll("form"));
        await using var context = new PageTestContext(_gateflow.Host);
        using var elsewhere = new PlaygroundClient(
            null!, _gateflow.Host.Get<ModelDirectory>(), _gateflow.Host.Get<Settings>() with { Roles = NodeRoles.Dashboard }, null!, TimeProvider.System, NullLogger<PlaygroundClient>.Instance);
        context.Services.AddSingleton(elsewhere);

        var page = context.Render<PlaygroundPage>();

        Assert.Empty(page.FindAll("form"));
        Assert.Contains("Gateflow:Roles has Gateway", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_AModelThatIsBeingMigrated_IsAnsweredByThatModelAndCountsForNoArm()
    {
        var migration = await _gateflow.DraftAsync("""{"strategy": "instant", "min_samples": 0, "soak_minutes": 60}""");
        await _gateflow.MustAsync("POST", $"/migrations/{migration}/execute");

        var side = await AskAsync(ManagedGateflow.Source);

        Assert.Equal(PlaygroundState.Done, side.State);
        await _gateflow.RecordedAsync(async () => (await LogAsync()).Count == 1);
        var row = Assert.Single(await LogAsync());
        Assert.Equal((ManagedGateflow.Source, null), (row.ServedModel, row.MigrationId));
    }

    [Fact]
    public async Task Ask_FailingModel_SaysSoAndNoFallbackHidesIt()
    {
        await _gateflow.MustAsync("POST", "/fallback-chains", $$"""{"primary": "{{ManagedGateflow.Target}}", "fallbacks": ["{{ManagedGateflow.Source}}"]}""");
        await _gateflow.Simulator.SetAsync(ManagedGateflow.Target, new { error_rate = 1.0, error_status = 503 });

        var side = await AskAsync(ManagedGateflow.Target);

        Assert.Equal((PlaygroundState.Failed, ""), (side.State, side.Text));
        Assert.StartsWith("503: ", side.Error, StringComparison.Ordinal);
        Assert.Contains("not known", (await AskAsync("gpt-nothing")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_LimitedOrRevoked_HoldsForThePlaygroundToo()
    {
        await AskAsync(ManagedGateflow.Source);
        await _gateflow.MustAsync("PATCH", $"/api-keys/{PlaygroundKey.Id}", $$"""{"allowed_models": ["{{ManagedGateflow.Target}}"]}""");
        Assert.StartsWith("403: ", (await AskAsync(ManagedGateflow.Source)).Error, StringComparison.Ordinal);

        await _gateflow.MustAsync("DELETE", $"/api-keys/{PlaygroundKey.Id}");
        Assert.StartsWith("401: ", (await AskAsync(ManagedGateflow.Target)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Request_ParametersThatAFamilyRefuses_AreLeftOutOrRenamed()
    {
        var catalog = ModelCatalog.Embedded;

        var (old, none) = Hello.For("gpt-4o", catalog.Find("gpt-4o"), catalog.Rules);
        var (reasoning, notes) = Hello.For("gpt-5", catalog.Find("gpt-5"), catalog.Rules);

        Assert.Equal((0.5, 200, 0), (old["temperature"]!.GetValue<double>(), old["max_tokens"]!.GetValue<int>(), none.Count));
        Assert.Equal((false, false, 200, 2), (reasoning.ContainsKey("temperature"), reasoning.ContainsKey("max_tokens"), reasoning["max_completion_tokens"]!.GetValue<int>(), notes.Count));
    }

    [Fact]
    public async Task Page_ShowsBothAnswers_TheFailureBesideItsSide()
    {
        await _gateflow.Simulator.SetAsync(ManagedGateflow.Target, new { error_rate = 1.0, error_status = 503 });
        await using var context = new PageTestContext(_gateflow.Host);
        context.Services.GetRequiredService<Microsoft.AspNetCore.Components.NavigationManager>().NavigateTo($"/playground?a={ManagedGateflow.Source}&b={ManagedGateflow.Target}");
        var page = context.Render<PlaygroundPage>();

        await context.SubmitAsync(page.Find("form"));
        page.WaitForAssertion(() => Assert.Equal("Write something to ask.", page.Find("#play-fault").TextContent));
        await context.ChangeAsync(page.Find("#play-user"), "What is the capital of France?");
        await context.SubmitAsync(page.Find("form"));

        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("section.answer").Count));
        page.WaitForAssertion(() => Assert.NotEmpty(page.Find($"section[data-model='{ManagedGateflow.Source}'] pre.text").TextContent));
        page.WaitForAssertion(() => Assert.Contains("503", page.Find($"section[data-model='{ManagedGateflow.Target}'] .error").TextContent, StringComparison.Ordinal));
        Assert.Empty(page.FindAll($"section[data-model='{ManagedGateflow.Source}'] .error"));
    }

    [Fact]
    public async Task Page_Stop_EndsTheAnswerAndSaysSo()
    {
        await _gateflow.Simulator.SetAsync(ManagedGateflow.Source, new { latency_ms = 60_000 });
        await using var context = new PageTestContext(_gateflow.Host);
        context.Services.GetRequiredService<Microsoft.AspNetCore.Components.NavigationManager>().NavigateTo($"/playground?a={ManagedGateflow.Source}");
        var page = context.Render<PlaygroundPage>();
        await context.ChangeAsync(page.Find("#play-user"), "What is the capital of France?");

        var run = context.SubmitAsync(page.Find("form"));
        page.WaitForState(() => page.FindAll("button.danger").Count == 1);
        await context.ClickAsync(page.Find("button.danger"));
        await run;

        page.WaitForAssertion(() => Assert.Contains("Stopped", page.Find("section.answer header").TextContent, StringComparison.Ordinal));
        Assert.Empty(page.FindAll("button.danger"));
    }

    private async Task<PlaygroundSide> AskAsync(string model)
    {
        var side = new PlaygroundSide(model);
        await _gateflow.Host.Get<PlaygroundClient>().AskAsync(side, Hello, "Ada", Token);
        return side;
    }

    private async Task<List<Core.Usage.RequestRow>> LogAsync()
    {
        await using var db = await OpenAsync();
        return await db.Requests.AsNoTracking().ToListAsync(Token);
    }

    private Task<GateflowDb> OpenAsync() => _gateflow.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(Token);
}
