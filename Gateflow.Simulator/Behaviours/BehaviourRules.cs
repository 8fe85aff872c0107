namespace Gateflow.Simulator.Behaviours;

internal sealed record BehaviourFault(string Field, string Message);

internal static class BehaviourRules
{
    public static IEnumerable<BehaviourFault> Faults(ModelBehaviour behaviour)
    {
        (string Field, double Value, double Min, double Max)[] ranges =
        [
            ("latency_ms", behaviour.LatencyMs, 0, 600_000),
            ("latency_sigma", behaviour.LatencySigma, 0, 3),
            ("error_rate", behaviour.ErrorRate, 0, 1),
            ("error_status", behaviour.ErrorStatus, 400, 599),
            ("timeout_rate", behaviour.TimeoutRate, 0, 1),
            ("broken_stream_rate", behaviour.BrokenStreamRate, 0, 1),
            ("malformed_rate", behaviour.MalformedRate, 0, 1),
            ("stream_error_rate", behaviour.StreamErrorRate, 0, 1),
            ("tokens_per_second", behaviour.TokensPerSecond, 0, 1_000_000),
            ("quality", behaviour.Quality, 0, 1),
            ("min_answer_tokens", behaviour.MinAnswerTokens, 1, 8192),
            ("max_answer_tokens", behaviour.MaxAnswerTokens, behaviour.MinAnswerTokens, 8192),
        ];
        return from range in ranges
               where !(range.Value >= range.Min && range.Value <= range.Max)
               select new BehaviourFault(range.Field, FormattableString.Invariant(
                   $"must be between {range.Min} and {range.Max}, but is {range.Value}"));
    }
}
