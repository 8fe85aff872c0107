using System.Globalization;
using System.Text.RegularExpressions;

namespace Gateflow.Tests.Shell;

/// <summary>Contrast of the design tokens by the formula of WCAG 2.2 (relative luminance; 4.5 for text, 3 for graphics), in both themes.</summary>
public sealed partial class TokensTests
{
    private static readonly string[] Meanings = ["healthy", "watch", "breach", "unknown", "paused", "rolled-back"];
    private static readonly string[] Grounds = ["bg", "surface", "surface-2", "surface-3"];
    private static readonly Dictionary<string, string[]> Tokens = Read();

    public static TheoryData<string, string, double> Pairs()
    {
        var data = new TheoryData<string, string, double>();
        foreach (var ground in Grounds)
        {
            foreach (var ink in (string[])["text", "text-2", "text-3", "accent", "danger", .. Meanings])
            {
                data.Add(ink, ground, 4.5);
            }
        }

        foreach (var meaning in Meanings)
        {
            data.Add(meaning, meaning + "-soft", 4.5);
            data.Add(meaning + "-solid", "surface", 3);
        }

        data.Add("on-accent", "accent", 4.5);
        data.Add("on-accent", "accent-strong", 4.5);
        data.Add("on-danger", "danger", 4.5);
        data.Add("on-danger", "danger-strong", 4.5);
        data.Add("accent", "accent-soft", 4.5);
        data.Add("accent-strong", "accent-soft", 4.5);
        data.Add("arm-source", "surface", 3);
        data.Add("arm-target", "surface", 3);
        for (var line = 1; line <= 6; line++)
        {
            data.Add($"series-{line}", "surface", 3);
        }

        data.Add("border-strong", "surface", 3);
        return data;
    }

    [Theory, MemberData(nameof(Pairs))]
    public void Tokens_InkOnGround_HaveEnoughContrast(string ink, string ground, double least)
    {
        for (var theme = 0; theme < 2; theme++)
        {
            var (a, b) = (Luminance(Tokens[ink][theme]), Luminance(Tokens[ground][theme]));
            var contrast = (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);

            Assert.True(contrast >= least, $"{ink} on {ground} in {(theme == 0 ? "light" : "dark")}: {contrast:0.00}");
        }
    }

    private static double Luminance(string hex)
    {
        var c = Enumerable.Range(0, 3).Select(i => int.Parse(hex.AsSpan(1 + (2 * i), 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0)
            .Select(v => v <= 0.04045 ? v / 12.92 : Math.Pow((v + 0.055) / 1.055, 2.4)).ToArray();
        return (0.2126 * c[0]) + (0.7152 * c[1]) + (0.0722 * c[2]);
    }

    private static Dictionary<string, string[]> Read()
    {
        var css = File.ReadAllText(Path.Combine(Repository.Root, "Gateflow.Dashboard", "wwwroot", "css", "tokens.css"));
        return Token().Matches(css).ToDictionary(m => m.Groups[1].Value, m => new[] { m.Groups[2].Value, m.Groups[3].Value });
    }

    [GeneratedRegex("--gf-([\\w-]+): light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)")]
    private static partial Regex Token();
}
