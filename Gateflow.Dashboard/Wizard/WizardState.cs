using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Migrations;
using Gateflow.Core.Recommendations;
using Gateflow.Core.Replay;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Replay;

namespace Gateflow.Dashboard.Wizard;

/// <summary>A draft as the wizard sees it: what each step has found, what is missing before the next.</summary>
public sealed record WizardState
{
    public required MigrationView View { get; init; }

    /// <summary>The latest test; null when none was run.</summary>
    public ReplayView? Test { get; init; }

    /// <summary>True when someone has saved how the traffic moves, be it the default, or begun with a template that says it.</summary>
    public bool Configured { get; init; }

    /// <summary>What the catalog knows; null for a model that only a provider knows.</summary>
    public CatalogModel? Source { get; init; }

    public CatalogModel? Target { get; init; }

    public bool TargetIsServed { get; init; }

    /// <summary>Requests an hour as they come now, of the part of the source model's traffic that is to be moved.</summary>
    public double PresentRequestsPerHour { get; init; }

    /// <summary>What a new migration begins with, by change management.</summary>
    public MigrationConfig Usual { get; init; } = new();

    /// <summary>Approvals that change management asks new migrations for; 0 for none.</summary>
    public int UsualApprovals => Usual.ApprovalsRequired;

    public string Id => View.MigrationId;

    public UsageAnalysis? Analysis => View.Analysis;

    /// <summary>False when the migration has begun or ended: then its live page is the place.</summary>
    public bool IsDraft => View.Status is MigrationStatus.Draft or MigrationStatus.Scheduled;

    /// <summary>The check of the target chosen now; one of an earlier target does not count.</summary>
    public CompatibilityReport? Compatibility => View.Compatibility is { } report && report.TargetModel == View.TargetModel ? report : null;

    /// <summary>The test of the target chosen now.</summary>
    public ReplayView? CurrentTest => Test is { } test && test.TargetModel == View.TargetModel ? test : null;

    public Recommendation? Chosen => View.Recommendations.FirstOrDefault(r => r.Model == View.TargetModel);

    /// <summary>Change of cost on the tokens really used, as a fraction; null when a price or the use is unknown.</summary>
    public double? CostChangeEstimate =>
        Target is { } target && Analysis is { TotalRequests: > 0 } usage ? CostChange.Estimate(Source ?? CatalogModel.Unknown("", View.SourceModel), target, usage) : null;

    /// <summary>The forecast of a configuration, as the API gives it.</summary>
    public ForecastView ForecastOf(MigrationConfig config, DateTimeOffset now) =>
        Forecasting.Foretell(config, PresentRequestsPerHour, Analysis, Source, Target, now);

    /// <summary>The first step that is not done.</summary>
    public WizardStep NextStep => WizardSteps.All.FirstOrDefault(s => s != WizardStep.Test && StateOf(s) == StepState.Todo, WizardStep.Review);

    /// <summary>Why the next step cannot be opened from here; null when it can.</summary>
    public string? Missing(WizardStep step) => step switch
    {
        WizardStep.Analysis when Analysis is null => "Analyse the use first.",
        WizardStep.Recommendations when View.TargetModel is null => "Choose a model first.",
        WizardStep.Compatibility when View.TargetModel is null => "Choose a model first.",
        WizardStep.Compatibility when Compatibility is null => "Run the check first.",
        WizardStep.Test when Test is { IsOver: false } => "Wait for the test's end, or cancel it.",
        _ => null,
    };

    /// <summary>The rail: each step with its state and its result in one line.</summary>
    public IReadOnlyList<StepRailItem> Rail() =>
        [.. WizardSteps.All.Select(s => new StepRailItem(s.Title(), StateOf(s), ResultOf(s), WizardSteps.Url(Id, s)))];

    public StepState StateOf(WizardStep step) => step switch
    {
        WizardStep.Analysis => Analysis switch { null => StepState.Todo, { TotalRequests: 0 } => StepState.Attention, _ => StepState.Done },
        WizardStep.Recommendations => View.TargetModel is null ? StepState.Todo : TargetIsServed ? StepState.Done : StepState.Attention,
        WizardStep.Compatibility => Compatibility switch { null => StepState.Todo, { Compatible: false } => StepState.Attention, _ => StepState.Done },
        WizardStep.Test => CurrentTest switch
        {
            { Results.Recommendation: ReplayRecommendation.Proceed } => StepState.Done,
            { IsOver: true } => StepState.Attention,
            _ => StepState.Todo,
        },
        WizardStep.Configure => !Configured ? StepState.Todo : StepState.Done,
        _ => StepState.Todo,
    };

    private string? ResultOf(WizardStep step) => step switch
    {
        WizardStep.Analysis => Analysis switch
        {
            null => null,
            { TotalRequests: 0 } => "No request in the last 30 days",
            { } a => $"{Display.Count(a.TotalRequests, "request")}, max context {Display.Compact(a.MaxContextUsed)}",
        },
        WizardStep.Recommendations => View.TargetModel is not { } target ? null
            : !TargetIsServed ? $"{target}, not served yet"
            : Chosen is { } chosen ? $"{target}, score {chosen.Score}" : target,
        WizardStep.Compatibility => Compatibility is { } report ? WizardWords.Summary(report) : null,
        WizardStep.Test => CurrentTest switch
        {
            null => Configured ? "Skipped" : null,
            { IsOver: false } test => $"Running, {test.Done} of {test.Planned}",
            { Results: { RequestsTested: > 0 } results } => $"{ReplayLabels.Of(results.Recommendation).Word}, {Display.Count(results.RequestsTested, "pair")}",
            { Status: ReplayStatus.Cancelled } => "Cancelled",
            _ => "Failed",
        },
        WizardStep.Configure => Configured ? WizardWords.Ramp(View.Config) : null,
        _ => View.Status == MigrationStatus.Scheduled ? "Scheduled" : null,
    };
}
