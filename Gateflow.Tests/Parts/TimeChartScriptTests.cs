using System.Diagnostics;

namespace Gateflow.Tests.Parts;

/// <summary>The chart's own script, run by Node before a stand-in of ApexCharts that tells what it is given.</summary>
public sealed class TimeChartScriptTests
{
    private const string Bench = """
        import { readFileSync } from 'node:fs';
        globalThis.CSSStyleSheet = class { replaceSync() {} };
        globalThis.IntersectionObserver = class { observe() {} };
        globalThis.document = { createElement: () => ({}), addEventListener() {}, hidden: false };
        const standIn = 'class ApexCharts { async render() {} async updateOptions(given) { console.log(given.series.map(s => `${s.name}:${s.data.length}`).join()); } }';
        const script = readFileSync(process.argv[1], 'utf8').replace(/^import .*$/m, standIn);
        const { create } = await import('data:text/javascript,' + encodeURIComponent(script));
        const host = { shadowRoot: { append() {} }, addEventListener() {}, dataset: {}, clientWidth: 600 };
        const chart = create(host, 'count', null, 200);
        const update = (number, keep, add) => chart.update(JSON.stringify({
          number, thresholds: [], marks: [], series: [{ name: process.argv[2], tone: 'tone-series1', stroke: 'solid', drop: 0, keep, add: add.map(x => [x, x]) }],
        }));
        """;

    [Theory]
    [InlineData("gpt-4o", "gpt-4o")]
    [InlineData("<img src=x onerror='alert(1)'>", "&#60;img src=x onerror=&#39;alert(1)&#39;&#62;")]
    [InlineData("a & \"b\"", "a &#38; &#34;b&#34;")]
    public async Task Update_NameOfASeries_ReachesTheChartAsText(string name, string given) =>
        Assert.Equal($"{given}:2", await RunAsync("update(1, 0, [1, 2]);", name));

    [Fact]
    public async Task Update_OneBeforeItIsLost_IsNotTakenAndAsksForAll()
    {
        var said = await RunAsync("""
            const tick = () => new Promise(done => setTimeout(done));
            for (const [number, keep, add] of [[1, 0, [1, 2]], [2, 2, [3]], [4, 4, [5]], [5, 0, [1, 2, 3, 4, 5]], [6, 5, [6]]]) {
              console.log(update(number, keep, add));
              await tick();
            }
            """, "line");

        Assert.Equal(["null", "line:2", "null", "line:3", "all", "null", "line:5", "null", "line:6"], said.Split('\n'));
    }

    private static async Task<string> RunAsync(string calls, string name)
    {
        var token = TestContext.Current.CancellationToken;
        var script = Path.Combine(Repository.Root, "Gateflow.Dashboard", "wwwroot", "js", "time-chart.js");
        var start = new ProcessStartInfo("node", ["--input-type=module", "--eval", $"{Bench}\n{calls}", script, name]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var node = Process.Start(start)!;

        var (said, faults) = (node.StandardOutput.ReadToEndAsync(token), node.StandardError.ReadToEndAsync(token));
        await node.WaitForExitAsync(token);

        Assert.Equal("", await faults);
        return (await said).TrimEnd();
    }
}
