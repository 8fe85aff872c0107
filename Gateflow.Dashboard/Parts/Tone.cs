namespace Gateflow.Dashboard.Parts;

/// <summary>The colour of a meaning. An icon and a word stand beside it always.</summary>
public enum Tone
{
    Neutral,
    Accent,
    Healthy,
    Watch,
    Breach,
    Unknown,
    Paused,
    RolledBack,
    Source,
    Target,

    /// <summary>Lines of a chart that mean nothing but themselves: models, keys, features.</summary>
    Series1,
    Series2,
    Series3,
    Series4,
    Series5,
    Series6,
}

internal static class ToneClass
{
    /// <summary>The class in base.css that sets --tone, --tone-soft and --tone-solid.</summary>
    public static string Css(this Tone tone) => tone == Tone.RolledBack ? "tone-rolled-back" : "tone-" + tone.ToString().ToLowerInvariant();
}
