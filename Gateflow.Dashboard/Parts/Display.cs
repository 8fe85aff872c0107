using System.Globalization;

namespace Gateflow.Dashboard.Parts;

/// <summary>
/// Numbers as people read them: one culture on every page, a no-break space before the unit, a sign on every difference, and
/// <see cref="None"/> or "unknown" where there is no value, never 0.
/// </summary>
public static class Display
{
    /// <summary>Stands where there is no value.</summary>
    public const string None = "–";

    private const string Nbsp = "\u00a0";
    private const string Minus = "\u2212";
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>"15,420".</summary>
    public static string Number(long? value) => value is { } v ? Signed(v, v.ToString("N0", Culture)) : None;

    /// <summary>At most <paramref name="decimals"/> decimals: "1,234.5", "0.3".</summary>
    public static string Number(double? value, int decimals = 1) =>
        Finite(value) is { } v ? Signed(v, v.ToString("#,0." + new string('#', decimals), Culture)) : None;

    /// <summary>Short for charts and tight columns: "940", "15.4k", "128k", "2.1M".</summary>
    public static string Compact(double? value)
    {
        if (Finite(value) is not { } v)
        {
            return None;
        }

        return Math.Abs(v) switch
        {
            < 999.5 => Number(v, Math.Abs(v) < 10 ? 1 : 0),
            < 999_500 => Scaled(v / 1e3) + "k",
            < 999_500_000 => Scaled(v / 1e6) + "M",
            _ => Scaled(v / 1e9) + "B",
        };

        static string Scaled(double x) => Number(x, Math.Abs(x) < 99.95 ? 1 : 0);
    }

    /// <summary>Dollars: two decimals, small amounts with two digits that count ("$0.0034"), "unknown" without a price.</summary>
    public static string Money(decimal? usd)
    {
        if (usd is not { } v)
        {
            return "unknown";
        }

        var size = Math.Abs(v);
        if (size is > 0 and < 0.000_000_1m)
        {
            return "<$0.0000001";
        }

        var decimals = size is 0 or >= 0.1m ? 2 : Math.Min(8, 1 - (int)Math.Floor(Math.Log10((double)size)));
        return (v < 0 ? Minus : "") + "$" + size.ToString("N" + decimals.ToString(Culture), Culture);
    }

    /// <summary>A share 0–1 as "29.6 %"; a share that would read as nothing or all without being so says "&lt;0.1 %" or "&gt;99.9 %".</summary>
    public static string Percent(double? share, int decimals = 1) =>
        Finite(share) is { } v ? Hundredths(v * 100, decimals) + Nbsp + "%" : None;

    /// <summary>A percentage 0–100, as weights are kept: "30 %".</summary>
    public static string Weight(double? percentage, int decimals = 1) =>
        Finite(percentage) is { } v ? Hundredths(v, decimals) + Nbsp + "%" : None;

    /// <summary>A relative change: "+12.5 %", "−3 %", "±0 %".</summary>
    public static string Change(double? ratio, int decimals = 1) =>
        Finite(ratio) is { } v ? WithSign(Math.Round(v * 100, decimals), decimals) + Nbsp + "%" : None;

    /// <summary>A difference of two shares, in percentage points: "+3 points".</summary>
    public static string Points(double? difference, int decimals = 1) =>
        Finite(difference) is { } v ? WithSign(Math.Round(v * 100, decimals), decimals) + Nbsp + "points" : None;

    /// <summary>"840 ms", "1.24 s", "2 min 5 s".</summary>
    public static string Milliseconds(double? ms) => Finite(ms) switch
    {
        null => None,
        < 0.95 and > 0 => Number(ms, 2) + Nbsp + "ms",
        < 999.5 => Number(ms, ms < 9.95 ? 1 : 0) + Nbsp + "ms",
        < 60_000 => Number(ms / 1000, 2) + Nbsp + "s",
        { } v => Duration(TimeSpan.FromMilliseconds(v)),
    };

    /// <summary>The two largest units: "38 min", "2 h 5 min", "3 d 4 h", "12 s", "850 ms".</summary>
    public static string Duration(TimeSpan? duration)
    {
        if (duration is not { } d)
        {
            return None;
        }

        var (sign, size) = d < TimeSpan.Zero ? (Minus, d.Negate()) : ("", d);
        if (size < TimeSpan.FromSeconds(1))
        {
            return sign + size.TotalMilliseconds.ToString("0", Culture) + Nbsp + "ms";
        }

        var s = (long)Math.Round(size.TotalSeconds);
        return sign + (s switch
        {
            < 60 => Unit(s, "s"),
            < 3600 => Unit(s / 60, "min") + Rest(s / 60 < 10 ? s % 60 : 0, "s"),
            < 86_400 => Unit(s / 3600, "h") + Rest(s % 3600 / 60, "min"),
            _ => Unit(s / 86_400, "d") + Rest(s % 86_400 / 3600, "h"),
        });

        static string Rest(long n, string unit) => n == 0 ? "" : Nbsp + Unit(n, unit);
    }

    /// <summary>"just now", "38 min ago", "in 2 h"; the same words as shell.js.</summary>
    public static string Ago(DateTimeOffset at, DateTimeOffset now)
    {
        var seconds = (long)Math.Round((now - at).TotalSeconds);
        var size = Math.Abs(seconds);
        if (size < 10)
        {
            return "just now";
        }

        var text = size switch
        {
            < 60 => Unit(size, "s"),
            < 3600 => Unit(size / 60, "min"),
            < 86_400 => Unit(size / 3600, "h"),
            _ => Unit(size / 86_400, "d"),
        };
        return seconds > 0 ? text + " ago" : "in " + text;
    }

    /// <summary>"2026-11-24 22:41:05 UTC".</summary>
    public static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", Culture) + " UTC";

    /// <summary>"24 Nov 2026".</summary>
    public static string Date(DateOnly date) => date.ToString("d MMM yyyy", Culture).Replace(" ", Nbsp, StringComparison.Ordinal);

    /// <summary>An e-value against its threshold: "0.3", "41", "1,240", "1.2M".</summary>
    public static string Evidence(double? value) =>
        value is double.PositiveInfinity ? "∞" : Finite(value) is { } v ? v < 0.05 ? "<0.1" : v < 100_000 ? Number(v, v < 10 ? 1 : 0) : Compact(v) : None;

    /// <summary>"1 request", "15,420 requests".</summary>
    public static string Count(long count, string one, string? many = null) => Number(count) + Nbsp + (count == 1 ? one : many ?? one + "s");

    /// <summary>A wire name as words: "not_enough_data" is "Not enough data".</summary>
    public static string Words(string wire) =>
        wire.Length == 0 ? "" : char.ToUpperInvariant(wire[0]) + wire[1..].Replace('_', ' ');

    private static double? Finite(double? value) => value is { } v && double.IsFinite(v) ? v : null;

    private static string Unit(long n, string unit) => n.ToString("N0", Culture) + Nbsp + unit;

    private static string Signed(double value, string text) => value < 0 ? text.Replace("-", Minus, StringComparison.Ordinal) : text;

    private static string WithSign(double value, int decimals) => value switch
    {
        0 => "±0",
        > 0 => "+" + Number(value, decimals),
        _ => Number(value, decimals),
    };

    private static string Hundredths(double percentage, int decimals)
    {
        var smallest = Math.Pow(10, -decimals);
        return percentage switch
        {
            > 0 when percentage < smallest / 2 => "<" + Number(smallest, decimals),
            < 100 when percentage > 100 - smallest / 2 => ">" + Number(100 - smallest, decimals),
            _ => Number(percentage, decimals),
        };
    }
}
