using Gateflow.Core;

namespace Gateflow.Dashboard.Wizard;

/// <summary>The wizard's steps, in order; their wire names stand in the URL.</summary>
public enum WizardStep
{
    Analysis,
    Recommendations,
    Compatibility,
    Test,
    Configure,
    Review,
}

/// <summary>Titles and addresses of the steps.</summary>
public static class WizardSteps
{
    public static IReadOnlyList<WizardStep> All { get; } = Enum.GetValues<WizardStep>();

    public static string Title(this WizardStep step) => step switch
    {
        WizardStep.Analysis => "Usage analysis",
        WizardStep.Recommendations => "Recommendations",
        WizardStep.Compatibility => "Compatibility",
        WizardStep.Test => "Test",
        WizardStep.Configure => "Configure",
        _ => "Review and start",
    };

    /// <summary>What the step is for, in one sentence.</summary>
    public static string Purpose(this WizardStep step) => step switch
    {
        WizardStep.Analysis => "What the model is really used for: whatever takes over must be able to do this.",
        WizardStep.Recommendations => "Models that could take over, scored on the real use. Choose one.",
        WizardStep.Compatibility => "Whether the new model can answer the requests that are really sent.",
        WizardStep.Test => "Stored requests through both models, side by side, before any user is moved.",
        WizardStep.Configure => "How the traffic moves, and what brings it back.",
        _ => "What will happen, what it costs and how to undo it.",
    };

    public static string Url(string migrationId, WizardStep step) => $"/migrations/{migrationId}/wizard?step={Wire.Name(step)}";

    public static WizardStep? Before(this WizardStep step) => step == WizardStep.Analysis ? null : step - 1;

    public static WizardStep? After(this WizardStep step) => step == WizardStep.Review ? null : step + 1;
}
