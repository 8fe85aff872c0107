namespace Gateflow.Simulator.Answers;

/// <summary>How long a model thinks, by the words that providers share.</summary>
internal static class Effort
{
    /// <summary>Estimated tokens; unknown words count as medium.</summary>
    public static int Tokens(string? effort) => effort switch
    {
        "none" => 0,
        "minimal" => 8,
        "low" => 20,
        "high" => 80,
        "xhigh" => 120,
        "max" => 160,
        _ => 40,
    };
}
