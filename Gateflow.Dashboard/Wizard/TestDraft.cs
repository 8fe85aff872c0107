using System.Globalization;
using FluentValidation;
using Gateflow.Core.Replay;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Replay;

namespace Gateflow.Dashboard.Wizard;

/// <summary>A test as it is typed: whatever stands in the fields, and beside each what is wrong with it, by the API's own rules.</summary>
public sealed class TestDraft(IValidator<ReplayRequest> rules)
{
    public string Size { get; set; } = "50";

    /// <summary>The dataset whose items are replayed; null for recent production.</summary>
    public string? Dataset { get; set; }

    /// <summary>USD; empty for no cap.</summary>
    public string Budget { get; set; } = "";

    public string Concurrency { get; set; } = "8";

    /// <summary>The source's stored answers instead of asking it.</summary>
    public bool Recorded { get; set; }

    /// <summary>A dataset holds expected answers, not the source's.</summary>
    public bool MayBeRecorded => Dataset is null;

    public bool NoiseFloor { get; set; }

    /// <summary>"provider/model"; empty for lexical similarity.</summary>
    public string EmbeddingModel { get; set; } = "";

    /// <summary>"provider/model"; empty for no judge.</summary>
    public string JudgeModel { get; set; } = "";

    public string Rubric { get; set; } = JudgePrompt.UsualRubric;

    public bool HasUsualRubric => Rubric.Trim() == JudgePrompt.UsualRubric;

    public bool IsRight => Faults().Count == 0;

    /// <summary>Takes the setup of an earlier test, so that the same can be run again.</summary>
    public void Take(ReplayView test)
    {
        ArgumentNullException.ThrowIfNull(test);
        Dataset = test.Setup.DatasetId;
        Size = test.Requested.ToString(CultureInfo.InvariantCulture);
        Budget = test.MaxCost?.ToString("0.######", CultureInfo.InvariantCulture) ?? "";
        Concurrency = test.Setup.Concurrency.ToString(CultureInfo.InvariantCulture);
        (Recorded, NoiseFloor) = (test.Setup.Compare == ReplayCompare.Recorded, test.Setup.NoiseFloor);
        (EmbeddingModel, JudgeModel) = (test.Setup.EmbeddingModel ?? "", test.Setup.JudgeModel ?? "");
        Rubric = test.Setup.JudgeRubric ?? JudgePrompt.UsualRubric;
    }

    public ReplayRequest Read() => new()
    {
        TestRequests = Whole(Size) ?? 0,
        Source = Dataset is null ? ReplayRequest.RecentProduction : ReplayRequest.Dataset,
        DatasetId = Dataset,
        MaxCost = Budget.Length == 0 ? null : decimal.TryParse(NumberText.Plain(Budget), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var most) ? most : 0,
        Concurrency = Whole(Concurrency) ?? 0,
        Compare = Recorded && MayBeRecorded ? ReplayCompare.Recorded : ReplayCompare.Both,
        NoiseFloor = NoiseFloor,
        Similarity = EmbeddingModel.Length == 0 ? SimilarityKind.Lexical : SimilarityKind.Embedding,
        EmbeddingModel = EmbeddingModel.Length == 0 ? null : EmbeddingModel,
        JudgeModel = JudgeModel.Length == 0 ? null : JudgeModel,
        JudgeRubric = JudgeModel.Length == 0 || HasUsualRubric || string.IsNullOrWhiteSpace(Rubric) ? null : Rubric,
    };

    /// <summary>What is wrong with a field, by its name on the wire; null when nothing is.</summary>
    public string? FaultOf(string field) => !Faults().Contains(field) ? null : field switch
    {
        "test_requests" => $"A whole number from 1 to {ReplayRequestValidator.MostRequests}.",
        "max_cost" => "An amount above 0 without a comma for thousands, or nothing for no cap.",
        "concurrency" => $"A whole number from 1 to {ReplayRequestValidator.MostConcurrency}.",
        "judge_rubric" => $"At most {ReplayRequestValidator.LongestRubric} characters.",
        _ => "This cannot be used.",
    };

    private HashSet<string> Faults() => [.. rules.Validate(Read()).Errors.Select(e => Gateflow.Core.Migrations.ConfigPatch.WireName(e.PropertyName))];

    private static int? Whole(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
