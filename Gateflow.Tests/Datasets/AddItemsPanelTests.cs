using Bunit;
using Gateflow.Dashboard.Datasets;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Shell;
using Microsoft.AspNetCore.Components.Forms;

namespace Gateflow.Tests.Datasets;

public sealed class AddItemsPanelTests(GateflowFixture program) : IClassFixture<GateflowFixture>
{
    [Fact]
    public async Task Upload_Stalled_IsToldOfTheFile()
    {
        await using var context = new PageTestContext(program.Host);
        var made = await program.Host.Get<DatasetBook>().CreateAsync(new CreateDataset { Name = "Stalled" }, "Ada", TestContext.Current.CancellationToken);
        var panel = context.Render<AddItemsPanel>(p => p.Add(x => x.DatasetId, made.Value!.DatasetId));

        await panel.InvokeAsync(() => panel.FindComponent<InputFile>().Instance.OnChange.InvokeAsync(new InputFileChangeEventArgs([new StalledFile()])));

        panel.WaitForAssertion(() => Assert.StartsWith("The file could not be read to its end.", panel.Find(".error p").TextContent, StringComparison.Ordinal));
    }

    private sealed class StalledFile : IBrowserFile
    {
        public string Name => "items.jsonl";

        public DateTimeOffset LastModified => default;

        public long Size => 1;

        public string ContentType => "application/jsonl";

        public Stream OpenReadStream(long maxAllowedSize = 512_000, CancellationToken cancellationToken = default) => throw new TimeoutException("Did not receive any data in the allotted time.");
    }
}
