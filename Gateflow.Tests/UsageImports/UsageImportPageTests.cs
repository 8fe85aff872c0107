using System.Security.Cryptography;
using System.Text;
using Bunit;
using Gateflow.Core.UsageImports;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.UsageImports;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Shell;
using Microsoft.AspNetCore.Components.Forms;

namespace Gateflow.Tests.UsageImports;

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
    public async Task Page_CancelledAndSentAgain_SaysWhatHappensAndGoesOnWhereItStopped()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host);
        var store = host.Get<ImportStore>();
        const string counted = "at,model,input_tokens\n2026-11-10T10:00:00Z,gpt-4,5\n";
        const string file = $"{counted}2026-11-10T10:00:00Z,gpt-4,7\n2026-11-10T11:00:00Z,gpt-4,9\n";
        var bytes = Encoding.UTF8.GetBytes(file);
        var import = new UsageImport
        {
            Id = "imp_" + Convert.ToHexStringLower(SHA256.HashData(bytes))[..32], Status = UsageImportStatus.Running, Format = "csv", Node = host.Get<RecorderOptions>().Node, TimeZone = "UTC",
            CreatedAt = context.Clock.GetUtcNow(), Bytes = bytes.Length, Offset = counted.Length, NextLine = 3, RowsImported = 1, Requests = 1,
        };
        await store.SaveAsync(import, Token);
        var folder = Directory.CreateDirectory(Path.Combine(host.DataDirectory, "imports"));
        await using var held = new FileStream(Path.Combine(folder.FullName, import.Id + ".upload"), FileMode.Create, FileAccess.Write, FileShare.None); // cannot be read, so that it stays as it is
        var page = context.Render<UsageImportPage>();

        await context.ClickAsync(Button(page, "Cancel"));
        Assert.True(Button(page, "Stopping…").HasAttribute("disabled"));
        await store.SaveAsync(import with { Status = UsageImportStatus.Cancelled }, Token);
        context.Clock.Advance(TimeSpan.FromSeconds(1));
        page.WaitForAssertion(() => Assert.Contains("To go on, choose the same file again", page.Markup, StringComparison.Ordinal));

        page.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText(file, "usage.csv"));
        page.WaitForAssertion(() => Assert.Equal("This file goes on after 1\u00a0row.", page.Find("[data-testid=told]").TextContent));
        await host.Get<ImportRunner>().RunOnceAsync(Token);
        context.Clock.Advance(TimeSpan.FromSeconds(1));
        page.WaitForAssertion(() => Assert.Contains("3\u00a0rows with 3\u00a0requests, 0 skipped", page.Markup, StringComparison.Ordinal));

        page.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText(file, "usage.csv"));
        page.WaitForAssertion(() => Assert.Contains("counted before", page.Find("[data-testid=told]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Page_NothingImported_SaysSo()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host);

        Assert.Contains("Nothing was imported yet", context.Render<UsageImportPage>().Markup, StringComparison.Ordinal);
    }

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<UsageImportPage> page, string text) => page.FindAll("section button").Single(b => b.TextContent == text);
}
