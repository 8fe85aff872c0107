using Bunit;
using Gateflow.Core.Access;
using Gateflow.Core.Evaluations;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Datasets;
using Gateflow.Dashboard.Evaluations;
using Gateflow.Tests.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Evaluations;

public sealed class EvaluationPageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Datasets_None_Teaches_AndAViewerIsOfferedNothing()
    {
        await using var bench = await EvaluationBench.StartAsync();
        await using var context = new PageTestContext(bench.Host);
        await using var viewer = new PageTestContext(bench.Host, Role.Viewer);

        Assert.Contains("Take a fair sample", context.Render<DatasetsPage>().Markup, StringComparison.Ordinal);
        Assert.Empty(viewer.Render<DatasetsPage>().FindAll("button"));
    }

    [Fact]
    public async Task Dataset_PromptTypedAndExpected_StandsInTheTable()
    {
        await using var bench = await EvaluationBench.StartAsync();
        await using var context = new PageTestContext(bench.Host);
        var id = await bench.DatasetAsync(2);
        var page = context.Render<DatasetPage>(p => p.Add(d => d.Id, id));
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("[data-testid=items] tbody tr").Count));

        await context.ChangeAsync(page.Find("#add-prompt"), "Is water wet?");
        await context.ChangeAsync(page.Find("#add-expected"), "yes");
        await context.SubmitAsync(page.Find("form[aria-label='By hand']"));

        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll("[data-testid=items] tbody tr").Count));
        Assert.Contains("1\u00a0item added.", page.Find("[data-testid=added]").TextContent, StringComparison.Ordinal);
        Assert.Contains("Is water wet?", page.Markup, StringComparison.Ordinal);

        await context.ChangeAsync(page.Find("#add-prompt"), "Is water wet?");
        await context.SubmitAsync(page.Find("form[aria-label='By hand']"));
        page.WaitForAssertion(() => Assert.Contains("1 stood in the set already", page.Find("[data-testid=added]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunDialog_Wrong_NamesTheFieldByTheApisRules_AndThenStarts()
    {
        await using var bench = await EvaluationBench.StartAsync();
        await using var context = new PageTestContext(bench.Host);
        var set = (await bench.Host.Get<DatasetBook>().FindAsync(await bench.DatasetAsync(3), Token))!;
        var dialog = context.Render<RunDialog>(p => p.Add(d => d.Dataset, set).Add(d => d.Actor, "Ada"));

        await context.ClickAsync(dialog.FindAll("button").First(b => b.TextContent == "Regex"));
        await context.ChangeAsync(dialog.Find("#evaluator-1-pattern"), "(a)\\1");
        await context.SubmitAsync(dialog.Find("form"));

        Assert.Contains("linear time", dialog.Find("#evaluator-1-fault").TextContent, StringComparison.Ordinal);
        Assert.Contains("one or two models", dialog.Find("#run-models-fault").TextContent, StringComparison.Ordinal);

        await context.ChangeAsync(dialog.Find("#evaluator-1-pattern"), "echo");
        await context.ChangeAsync(dialog.Find("#evaluator-1-name"), "similarity");
        await context.SubmitAsync(dialog.Find("form"));
        Assert.Contains("Two evaluators have the same name", dialog.Find("fieldset > .fault").TextContent, StringComparison.Ordinal);
        await context.ChangeAsync(dialog.Find("#evaluator-1-name"), " repeats the question ");
        await context.InputAsync(dialog.Find("#run-first"), "gpt-4");
        await context.SubmitAsync(dialog.Find("form"));

        var run = Assert.Single((await bench.Host.Get<EvaluationReader>().ListAsync(set.DatasetId, 10, null, Token)).Data);
        await bench.Host.Get<EvaluationRunner>().WaitAsync(run.EvaluationId, Token);
        Assert.Equal(["similarity", "repeats the question"], run.Setup.Evaluators.Select(e => e.Label));
    }

    [Fact]
    public async Task Run_Over_ShowsFiguresItemsAndWhatIsMissing()
    {
        await using var bench = await EvaluationBench.StartAsync();
        bench.Says = (model, prompt) => model == EvaluationBench.Second && prompt == "Question 2" ? null : model == EvaluationBench.First ? $"Answer {prompt[^1]}" : "no idea";
        var id = await bench.DatasetAsync(8);
        var run = EvaluationBench.Text(await bench.RunAsync($$"""{"dataset_id": "{{id}}", "models": ["gpt-4", "gpt-4o"], "evaluators": [{"type": "exact_match"}]}"""), "evaluation_id");
        await using var context = new PageTestContext(bench.Host);

        var page = context.Render<EvaluationPage>(p => p.Add(e => e.Id, run));

        page.WaitForAssertion(() => Assert.Equal(5, page.FindAll("article").Count));
        var figures = page.Find("[data-testid=figures]").TextContent;
        Assert.Contains("1 missing", figures, StringComparison.Ordinal);
        Assert.Contains("gpt-4o: HTTP 500", figures, StringComparison.Ordinal);
        Assert.Contains("Worse", figures, StringComparison.Ordinal);
        Assert.Contains("no idea", page.Find("article").TextContent, StringComparison.Ordinal); // the worst first
        await context.ClickAsync(page.FindAll("footer button")[^1]);
        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll("article").Count));
        Assert.Contains("There is no run", context.Render<EvaluationPage>(p => p.Add(e => e.Id, "eval_0")).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OfAnotherNode_IsFollowedToItsEnd()
    {
        await using var bench = await EvaluationBench.StartAsync();
        await using var context = new PageTestContext(bench.Host);
        await using var db = await bench.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(Token);
        var run = new Evaluation
        {
            Id = "eval_elsewhere", DatasetId = await bench.DatasetAsync(2), Models = ["gpt-4"], Setup = new EvaluationSetup { Evaluators = [] }, CreatedAt = TimeProvider.System.GetUtcNow(),
            CreatedBy = "Ada", Planned = 2, Node = "another",
        };
        db.Add(run);
        await db.SaveChangesAsync(Token);
        var page = context.Render<EvaluationPage>(p => p.Add(e => e.Id, run.Id));
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=progress]")));

        (run.Status, run.FinishedAt) = (EvaluationStatus.Cancelled, TimeProvider.System.GetUtcNow());
        await db.SaveChangesAsync(Token);

        context.Clock.Advance(TimeSpan.FromSeconds(2));

        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[data-testid=progress]")));
    }

    [Fact]
    public async Task Choice_OffersSetsWithItemsOnly()
    {
        await using var bench = await EvaluationBench.StartAsync();
        await using var context = new PageTestContext(bench.Host);
        await bench.DatasetAsync(0);
        var full = await bench.DatasetAsync(2);
        string? chosen = "untouched";

        var choice = context.Render<DatasetChoice>(p => p.Add(c => c.ValueChanged, EventCallback.Factory.Create<string?>(this, v => chosen = v)));

        choice.WaitForAssertion(() => Assert.Equal(["", full], choice.FindAll("option").Select(o => o.GetAttribute("value"))));
        await context.ChangeAsync(choice.Find("select"), full);
        Assert.Equal(full, chosen);
    }
}
