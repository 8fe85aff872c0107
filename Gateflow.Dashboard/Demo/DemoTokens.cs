namespace Gateflow.Dashboard.Demo;

/// <summary>
/// Token counts and burstiness of a real production service: the conversation trace of the Azure LLM inference dataset 2023 (19,366 requests
/// within an hour; Patel et al., "Splitwise", ISCA 2024). Tables hold every 5th percentile, between which values are taken as evenly spread; the
/// two counts are nearly independent there (correlation of their logarithms 0.09).
/// </summary>
internal static class DemoTokens
{
    /// <summary>Share by which the number of requests varies around its mean beyond chance, over five minutes: √0.0326.</summary>
    public const double Burstiness = 0.18;

    private static readonly double[] Context =
        [2, 181, 207, 372, 387, 396, 403, 414, 703, 984, 1020, 1045, 1071, 1097, 1130, 1189, 1315, 1876, 2734, 4083, 6212];

    private static readonly double[] Generated =
        [7, 41, 54, 67, 77, 85, 91, 96, 103, 113, 129, 151, 177, 217, 384, 395, 400, 411, 424, 451, 954];

    /// <summary>Input tokens of a request.</summary>
    public static int Input(Random random) => Draw(Context, random);

    /// <summary>Output tokens of a request.</summary>
    public static int Output(Random random) => Draw(Generated, random);

    private static int Draw(double[] table, Random random)
    {
        var place = random.NextDouble() * (table.Length - 1);
        var index = (int)place;
        var part = place - index;
        part = index == table.Length - 2 ? Math.Pow(part, 4) : part; // the last twentieth is a thin tail
        return (int)Math.Round(table[index] + (part * (table[index + 1] - table[index])));
    }
}
