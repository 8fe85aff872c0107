using System.Diagnostics;

namespace Gateflow.Tests.Parts;

/// <summary>The chart's own script, run by Node before a stand-in of ApexCharts that tells what it is given.</summary>
public sealed class TimeChartScriptTests
{
    private const string Driver = """
        import { readFileSync } from 'node:fs';
        globalThis.CSSStyleSheet = class { replaceSync() {} };
        globalThis.IntersectionObserver = class { observe() {} };
        globalThis.document = { createElement: () => ({}), addEventListener() {}, hidden: false };
        const standIn = 'class ApexCharts { async render() {} async updateOptions(given) { console.log(given.series.map(s => s.name).join()); } }';
        const script = readFileSync(process.argv[1], 'utf8').replace(/^import .*$/m, standIn);
        const { create } = await import('data:text/javascript,' + encodeURIComponent(script));
        const host = { shadowRoot: { append() {} }, addEventListener() {}, dataset: {}, clientWidth: 600 };
        const series = { name: process.argv[2], tone: 'tone-series1', stroke: 'solid', drop: 0, keep: 0, add: [[1, 1], [2, 2]] };
        create(host, 'count', null, 200).update(JSON.stringify({ series: [series], thresholds: [], marks: [] }));
        """;

    [Theory]
    [InlineData("gpt-4o", "gpt-4o")]
    [InlineData("<img src=x onerror='alert(1)'>", "&#60;img src=x onerror=&#39;alert(1)&#39;&#62;")]
    [InlineData("a & \"b\"", "a &#38; &#34;b&#34;")]
    public async Task Update_NameOfASeries_ReachesTheChartAsText(string name, string given)
    {
        var token = TestContext.Current.CancellationToken;
        var script = Path.Combine(Repository.Root, "Gateflow.Dashboard", "wwwroot", "js", "time-chart.js");
        var start = new ProcessStartInfo("node", ["--input-type=module", "--eval", Driver, script, name]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var node = Process.Start(start)!;

        var (said, faults) = (node.StandardOutput.ReadToEndAsync(token), node.StandardError.ReadToEndAsync(token));
        await node.WaitForExitAsync(token);

        Assert.Equal((given, ""), ((await said).TrimEnd(), await faults));
    }
}
