using System.Globalization;

namespace Gateflow.Core.Catalog;

/// <summary>Token counts as people write them: 28k, 128k, 1.05M.</summary>
public static class TokenText
{
    /// <summary>Round binary sizes are named as the providers name them (32,768 is 32k, 1,048,576 is 1M); the rest is decimal.</summary>
    public static string Of(long tokens) => tokens switch
    {
        < 1000 => tokens.ToString(CultureInfo.InvariantCulture),
        _ when tokens % (1024 * 1024) == 0 => $"{tokens / (1024 * 1024)}M",
        < 1_000_000 when tokens % 1000 != 0 && tokens % 1024 == 0 => $"{tokens / 1024}k",
        < 999_950 => Round(tokens / 1000.0, "0.#") + "k",
        _ => Round(tokens / 1_000_000.0, "0.##") + "M",
    };

    private static string Round(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
