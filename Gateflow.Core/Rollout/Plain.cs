using System.Globalization;

namespace Gateflow.Core.Rollout;

/// <summary>Numbers as people read them, the same in every culture.</summary>
internal static class Plain
{
    /// <summary>"1,250".</summary>
    public static string Count(long n) => n.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>"1 request", "1,250 requests".</summary>
    public static string Count(long n, string noun) => $"{Count(n)} {noun}{(n == 1 ? "" : "s")}";

    /// <summary>"40 %" of 40.</summary>
    public static string Percent(double percent) => Number(percent) + " %";

    /// <summary>"0.7 %" of 0.007.</summary>
    public static string Share(double share) => Percent(share * 100);

    /// <summary>At most two decimals, more only for what would read 0.</summary>
    public static string Number(double x) =>
        x.ToString(x == 0 || Math.Abs(x) >= 0.005 ? "#,0.##" : "0.##E+0", CultureInfo.InvariantCulture);

    /// <summary>"45 s", "18 min", "3.5 h", "2.1 days"; rounded up below an hour and a half, so that it is never "0 min".</summary>
    public static string Duration(TimeSpan span) => span switch
    {
        { TotalSeconds: <= 90 } => Number(Math.Max(1, Math.Ceiling(span.TotalSeconds))) + " s",
        { TotalMinutes: <= 90 } => Number(Math.Ceiling(span.TotalMinutes)) + " min",
        { TotalHours: <= 48 } => span.TotalHours.ToString("0.#", CultureInfo.InvariantCulture) + " h",
        _ => span.TotalDays.ToString("0.#", CultureInfo.InvariantCulture) + " days",
    };
}
