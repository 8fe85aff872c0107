namespace Gateflow.Simulator.Anthropic;

/// <summary>What a caller's headers ask for.</summary>
/// <param name="Beta">Parameters of beta features are known.</param>
/// <param name="Sampling">The sampling parameters are known; from 2026-10-21 on they are not, for any model.</param>
internal readonly record struct ApiVersion(bool Beta, bool Sampling)
{
    private const string WithoutSampling = "2026-10-21";

    public static readonly string[] Known = ["2023-01-01", "2023-06-01", WithoutSampling];

    public static ApiVersion Of(HttpRequest request) => new(
        request.Headers.ContainsKey(AnthropicDialect.BetaHeader),
        request.Headers[AnthropicDialect.VersionHeader] != WithoutSampling);
}
