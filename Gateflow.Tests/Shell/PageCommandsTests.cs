using System.Net;
using Gateflow.Core.Access;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Shell;
using Gateflow.Dashboard.Wizard;
using Gateflow.Tests.Management;

namespace Gateflow.Tests.Shell;

/// <summary>What pages cost in database commands does not grow with what they show: ten at most.</summary>
public sealed class PageCommandsTests
{
    private const int Most = 10;

    private static readonly string[] Sources = ["gpt-4", "gpt-4-turbo", "gpt-3.5-turbo", "o1-mini"];

    [Fact]
    public async Task Pages_All_MakeFewCommands()
    {
        var commands = new PageCommands();
        await using var gateflow = await ManagedGateflow.StartAsync(Models(), commands.Watch);
        var (running, ended, draft) = await FillAsync(gateflow);
        using var browser = gateflow.Host.CreateClient();
        using var entered = await browser.GetAsync("/login?token=" + gateflow.Host.Get<SignInLinks>().Create(BootstrapKey.Id), TestContext.Current.CancellationToken);
        string[] pages =
        [
            .. NavGroup.All.SelectMany(g => g.Entries).Select(e => e.Href),
            $"/migrations/{running}", $"/migrations/{running}?range=5m", $"/migrations/{ended}", $"/rollbacks/{ended}", "/migrations/new",
            .. WizardSteps.All.Select(step => WizardSteps.Url(draft, step)),
        ];

        var costs = new List<string>();
        foreach (var page in pages)
        {
            using var answer = await browser.GetAsync(new Uri(page, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal((page, HttpStatusCode.OK), (page, answer.StatusCode));
            var made = commands.Last;
            costs.Add(made.Count <= Most ? "" : $"{page}: {made.Count}\n    {string.Join("\n    ", made.Select(c => c.ReplaceLineEndings(" ")))}");
        }

        Assert.True(costs.TrueForAll(c => c.Length == 0), string.Join('\n', costs.Where(c => c.Length > 0)));
    }

    private static Dictionary<string, string?> Models() =>
        Sources.Index().ToDictionary(m => $"Gateflow:Providers:sim:Models:{m.Index + 3}", m => (string?)m.Item, StringComparer.Ordinal);

    /// <summary>Several of everything that a page could ask for one by one.</summary>
    private static async Task<(string Running, string Ended, string Draft)> FillAsync(ManagedGateflow gateflow)
    {
        using var application = await gateflow.ApplicationAsync();
        for (var i = 0; i < 12; i++)
        {
            using var answer = await ManagedGateflow.AskAsync(application, $"user {i}");
        }

        List<string> ids = [];
        foreach (var source in Sources)
        {
            ids.Add(await gateflow.DraftAsync(source: source));
            await gateflow.MustAsync("POST", $"/migrations/{ids[^1]}/execute");
            await gateflow.MustAsync("POST", "/api-keys", $$"""{"name": "app of {{source}}"}""");
        }

        await gateflow.MustAsync("POST", $"/migrations/{ids[1]}/rollback", """{"reason": "seen enough"}""");
        await gateflow.MustAsync("POST", $"/migrations/{ids[2]}/rollback", """{"reason": "seen enough"}""");
        var running = await gateflow.DraftAsync();
        await gateflow.MustAsync("POST", $"/migrations/{running}/execute");
        for (var i = 0; i < 12; i++)
        {
            using var answer = await ManagedGateflow.AskAsync(application, $"user {i}");
        }

        await gateflow.Host.Get<Gateflow.Core.Usage.RecorderWriter>().RunOnceAsync(TestContext.Current.CancellationToken);
        return (running, ids[1], await gateflow.DraftAsync(source: "claude-3-5-sonnet"));
    }
}
