namespace Gateflow.Gateway.Usage;

/// <summary>Tokens of a text that nobody has counted: one for every four characters begun, the usual rule of thumb for English.</summary>
internal static class TokenEstimate
{
    private const int Characters = 4;

    public static long Of(long characters) => (characters + Characters - 1) / Characters;
}
