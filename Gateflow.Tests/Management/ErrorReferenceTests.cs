using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateflow.Dashboard.Management;
using Gateflow.Tests.Composition;

namespace Gateflow.Tests.Management;

/// <summary>docs/errors.md and the page made of it, against the errors of the program.</summary>
public sealed partial class ErrorReferenceTests(GateflowFixture program) : IClassFixture<GateflowFixture>
{
    /// <summary>Refusals that nobody is answered with.</summary>
    private static readonly string[] Inner = ["stale", "not_estimated"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static IEnumerable<string> Told => ErrorReference.Groups.SelectMany(g => g.Entries).SelectMany(e => e.Codes);

    [Fact]
    public void Codes_AreThoseOfTheProgram_EachOnce() => Assert.Equal(Codes().Except(Inner).Order(StringComparer.Ordinal), Told.Order(StringComparer.Ordinal));

    [Fact]
    public async Task Page_WithoutSigningIn_HasAnAnchorForEachCode()
    {
        using var browser = program.Host.CreateClient();

        var page = await browser.GetStringAsync(new Uri(ErrorReference.Path, UriKind.Relative), Token);

        Assert.All(Told, code => Assert.Contains($"id=\"{code}\"", page, StringComparison.Ordinal));
        Assert.Contains("Send <code>Authorization: Bearer gw_…</code>", System.Net.WebUtility.HtmlDecode(page), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/management/nothing", "unknown_endpoint")]
    [InlineData("/v1/management/migrations/mig_none", "migration_not_found")]
    [InlineData("/v1/models/none", "model_not_found")]
    public async Task DocUrl_LeadsToTheCode(string path, string code)
    {
        using var answer = await program.Host.Client.GetAsync(new Uri(path, UriKind.Relative), Token);

        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!["error"]!;

        Assert.Equal((code, $"{ErrorReference.Path}#{code}"), (error["code"]!.GetValue<string>(), error["doc_url"]!.GetValue<string>()));
    }

    /// <summary>As the sources have them.</summary>
    private static HashSet<string> Codes()
    {
        HashSet<string> codes = new(StringComparer.Ordinal);
        foreach (var file in new[] { "Gateflow.Core", "Gateflow.Dashboard", "Gateflow.Gateway" }.SelectMany(p => Directory.EnumerateFiles(Path.Combine(Repository.Root, p), "*.cs", SearchOption.AllDirectories)))
        {
            if (!Built().IsMatch(file))
            {
                var text = File.ReadAllText(file);
                codes.UnionWith(Code().Matches(text).SelectMany(m => m.Groups["code"].Captures).Select(c => c.Value));
                codes.UnionWith(Missing().Matches(text).Select(m => $"{m.Groups["what"].Value}_not_found"));
                if (Path.GetDirectoryName(file)!.EndsWith("Migrations", StringComparison.Ordinal))
                {
                    codes.UnionWith(OfMigrations().Matches(text).Select(m => m.Groups["code"].Value));
                }
            }
        }

        return codes;
    }

    [GeneratedRegex(@"[\\/](obj|bin)[\\/]")]
    private static partial Regex Built();

    /// <summary>A refusal, an error of a type, or another code of one.</summary>
    [GeneratedRegex("""RefusalKind\.\w+,\s*"(?<code>\w+)"|"\w+_error",\s*(?:[^"\n]*\? )?"(?<code>\w+)"(?!:)(?: : "(?<code>\w+)")?|\b(?:Unsupported)?Code = "(?<code>\w+)"(?=\W)""")]
    private static partial Regex Code();

    [GeneratedRegex("""NotFound\("(?<what>\w+)",""")]
    private static partial Regex Missing();

    /// <summary>What the verbs refuse, and what overlaps.</summary>
    [GeneratedRegex("""(?:return |\? |: )\("(?<code>\w+)", \$"|\bRefuse\("(?<code>\w+)",""")]
    private static partial Regex OfMigrations();
}
