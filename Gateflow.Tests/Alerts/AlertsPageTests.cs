using Bunit;
using Gateflow.Core.Access;
using Gateflow.Core.Alerts;
using Gateflow.Dashboard.Alerts;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Alerts;

public sealed class AlertsPageTests(GateflowFixture program) : IClassFixture<GateflowFixture>
{
    [Fact]
    public async Task Page_Acknowledge_MovesTheAlertAndNamesWho()
    {
        await using var context = new PageTestContext(program.Host);
        var alert = await AddAsync(context);
        var page = context.Render<AlertsPage>();
        Assert.Contains(alert.Message, page.Find($"tr[data-id='{alert.Id}']").TextContent, StringComparison.Ordinal);

        await context.ClickAsync(page.Find($"tr[data-id='{alert.Id}'] button"));
        page.WaitForAssertion(() => Assert.Empty(page.FindAll($"tr[data-id='{alert.Id}']")));
        context.Services.GetRequiredService<NavigationManager>().NavigateTo("/alerts?show=acknowledged");

        page.WaitForAssertion(() => Assert.Contains("Ada", page.Find($"tr[data-id='{alert.Id}']").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Page_ForAViewer_HasNoButton()
    {
        await using var context = new PageTestContext(program.Host, Role.Viewer);
        var alert = await AddAsync(context);

        var page = context.Render<AlertsPage>();

        Assert.Empty(page.FindAll($"tr[data-id='{alert.Id}'] button"));
    }

    [Fact]
    public async Task Page_AlertOfAnotherNode_AppearsWithinABeat()
    {
        await using var context = new PageTestContext(program.Host);
        var page = context.Render<AlertsPage>();
        var alert = await AddAsync(context);
        Assert.Empty(page.FindAll($"tr[data-id='{alert.Id}']"));

        await context.BeatAsync(AlertsPage.Beat, () => page.FindAll($"tr[data-id='{alert.Id}']").Count > 0);
    }

    private static async Task<Alert> AddAsync(PageTestContext context)
    {
        var now = context.Clock.GetUtcNow();
        var alert = new Alert
        {
            Id = Ids.New("alert", now), Event = AlertEvents.CircuitOpened, Subject = $"openai/{Guid.CreateVersion7():N}", Severity = AlertSeverity.Urgent,
            Message = "Most calls fail.", Count = 3, FirstSeenAt = now, LastSeenAt = now,
        };
        await context.AddAsync(alert);
        return alert;
    }
}
