using System.Text;
using Bunit;
using Gateflow.Dashboard.Imports;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Shell;

namespace Gateflow.Tests.Imports;

public sealed class UsageImportPageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_FileWithABadRow_ShowsWhatWasCountedAndTheLine()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host);
        var file = new MemoryStream(Encoding.UTF8.GetBytes("at,model,input_tokens\n2026-11-10T10:00:00Z,gpt-4,5\n2026-11-10T10:00:00Z,gpt-4,-5\n"));
        var received = await host.Get<ImportRunner>().ReceiveAsync(file, null, Token);
        await host.Get<ImportRunner>().RunOnceAsync(Token);
        Assert.True(received.IsOk);

        var page = context.Render<UsageImportPage>();

        page.WaitForAssertion(() => Assert.Contains("Line 3: input tokens is negative", page.Markup, StringComparison.Ordinal));
        var import = page.Find($"section[aria-label={received.Value.Id}]");
        Assert.Equal("Completed", import.GetAttribute("data-status"));
        Assert.Contains("1\u00a0row with 1\u00a0request, 1 skipped", import.TextContent, StringComparison.Ordinal);
        Assert.Equal("100", import.QuerySelector("[role=progressbar]")!.GetAttribute("aria-valuenow"));
    }

    [Fact]
    public async Task Page_NothingImported_SaysSo()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host);

        Assert.Contains("Nothing was imported yet", context.Render<UsageImportPage>().Markup, StringComparison.Ordinal);
    }
}
