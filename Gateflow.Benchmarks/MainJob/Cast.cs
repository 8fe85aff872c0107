namespace Gateflow.Benchmarks.MainJob;

/// <summary>The models of the job and how fast each writes in its own time.</summary>
internal static class Cast
{
    public const string Provider = "sim";

    /// <summary>What the application asks for, always.</summary>
    public const string Source = "gpt-4-0613";

    /// <summary>The healthy replacement.</summary>
    public const string Healthy = "gpt-4o-2024-05-13";

    /// <summary>
    /// The replacement that begins to fail. A third model, not the healthy one again, so that every answer tells by its text which model
    /// wrote it; its recorded answers are served over the protocol that the provider "sim" speaks.
    /// </summary>
    public const string Failing = "claude-3-5-sonnet-20240620";

    /// <summary>Tokens a second, before the speed-up: round figures in the order of what was seen of these models, and no measurement.</summary>
    public static readonly IReadOnlyDictionary<string, double> TokensPerSecond = new Dictionary<string, double>
    {
        [Source] = 30,
        [Healthy] = 60,
        [Failing] = 60,
    };

    public static IEnumerable<string> Models => TokensPerSecond.Keys;
}
