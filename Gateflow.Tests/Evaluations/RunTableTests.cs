using Bunit;
using Gateflow.Core.Evaluations;
using Gateflow.Core.Replay;
using Gateflow.Dashboard.Evaluations;
using Gateflow.Tests.Shell;

namespace Gateflow.Tests.Evaluations;

public sealed class RunTableTests
{
    [Fact]
    public void Lines_RunsOfDifferentModels_FollowEachModelInTime()
    {
        var table = RunTable.Of([Run(3, ("b", 0.9), ("c", 0.7)), Run(2, ("a", 0.5), ("b", 0.8)), Run(1, ("a", 0.4))]);

        Assert.Equal(["exact match"], table.Labels);
        Assert.Equal(["b", "c", "a", "b", "a"], table.Rows.Select(r => r.Model));
        var lines = table.Lines("exact match");
        Assert.Equal(["a", "b", "c"], lines.Select(l => l.Name));
        Assert.Equal([0.4, 0.5], lines[0].Points.Select(p => p.Value!.Value));
        Assert.Equal([0.8, 0.9], lines[1].Points.Select(p => p.Value!.Value));
        Assert.Empty(table.Lines("unknown"));
    }

    [Fact]
    public void History_SeveralScores_ShowsTheChosenOneAndClearDifferencesOnly()
    {
        using var context = new DashboardTestContext();
        var clear = Run(2, ("a", 0.9), ("b", 0.5)) with { EvaluationId = "eval_clear" };
        var running = Run(3, ("a", 0)) with { EvaluationId = "eval_running", Results = null, Status = EvaluationStatus.Running, Progress = 0.25 };

        var history = context.Render<RunHistory>(p => p.Add(h => h.Runs, [running, clear, Run(1, ("a", 0.8))]));

        var rows = history.FindAll("[data-testid=runs] tbody tr");
        Assert.Equal(4, rows.Count);
        Assert.Contains("25", rows[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("worse", rows[2].TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("worse", rows[1].TextContent, StringComparison.Ordinal);
        Assert.Equal("/evaluations/eval_clear", rows[1].QuerySelector("a")!.GetAttribute("href"));
        Assert.Contains("No run yet", context.Render<RunHistory>(p => p.Add(h => h.Runs, [])).Markup, StringComparison.Ordinal);
    }

    private static EvaluationView Run(int day, params (string Model, double Mean)[] models) => new()
    {
        EvaluationId = $"eval_{day}",
        DatasetId = "ds_1",
        Dataset = "set",
        Models = [.. models.Select(m => m.Model)],
        Setup = new EvaluationSetup { Evaluators = [new Evaluator { Type = EvaluatorType.ExactMatch }] },
        Status = EvaluationStatus.Completed,
        Progress = 1,
        Done = 10,
        Planned = 10,
        CreatedAt = DashboardTestContext.Now.AddDays(day - 10),
        CreatedBy = "me",
        Results = new EvaluationResults
        {
            Answered = 10,
            Missing = 0,
            Models = [.. models.Select(m => new EvaluationSide { Model = m.Model, Answered = 10, Errors = 0 })],
            Evaluators =
            [
                new EvaluatorResults
                {
                    Label = "exact match",
                    Type = EvaluatorType.ExactMatch,
                    Models = [.. models.Select(m => new ModelScore { Scored = 10, NotApplicable = 0, Mean = m.Mean, Interval = new Interval(0, 1) })],
                    Difference = models.Length < 2 ? null : new ScoreDifference { Items = 10, Mean = models[1].Mean - models[0].Mean, Interval = new Interval(models[1].Mean - models[0].Mean - 0.1, models[1].Mean - models[0].Mean + 0.1) },
                },
            ],
        },
    };
}
