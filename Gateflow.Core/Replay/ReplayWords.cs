using System.Globalization;
using static Gateflow.Core.Replay.ReplayLimits;

namespace Gateflow.Core.Replay;

/// <summary>Words and comparisons that the rules share.</summary>
internal static class ReplayWords
{
    /// <summary>True when the target's share lies more than <paramref name="margin"/> above the source's, by <see cref="LeastExcess"/> requests at least.</summary>
    public static bool Exceeds(int target, int ofTarget, int source, int ofSource, double margin) =>
        ofTarget > 0 && target >= LeastExcess
        && (double)target / ofTarget > (ofSource == 0 ? 0 : (double)source / ofSource) + margin
        && target - ((double)source * ofTarget / Math.Max(1, ofSource)) >= LeastExcess;

    public static string Share(int part, int of) => $"{part} of {of} times ({Percent(of == 0 ? 0 : (double)part / of)})";

    public static string Points(double margin) => string.Create(CultureInfo.InvariantCulture, $"{margin * 100:0.#} points");

    public static string Percent(double? share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");

    public static string Number(double? value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.##}");

    public static string Range(Interval interval) => $"{Number(interval.Low)} to {Number(interval.High)}";
}
