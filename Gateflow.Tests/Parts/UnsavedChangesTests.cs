using Bunit;
using Bunit.TestDoubles;
using Gateflow.Dashboard.Parts;
using Gateflow.Tests.Shell;
using Microsoft.Extensions.DependencyInjection;
using Radzen;

namespace Gateflow.Tests.Parts;

public sealed class UnsavedChangesTests : DashboardTestContext
{
    [Theory]
    [InlineData(true, false, "/settings")]
    [InlineData(true, true, "/plans")]
    [InlineData(false, false, "/plans")]
    public async Task Leaving_WithSomethingToLose_AsksAndObeys(bool exist, bool agrees, string then)
    {
        var (navigation, dialogs) = (Services.GetRequiredService<BunitNavigationManager>(), Services.GetRequiredService<DialogService>());
        navigation.NavigateTo("/settings");
        List<string> asked = [];
        dialogs.OnOpen += (title, _, _, _) => asked.Add(title!);
        var page = Render<UnsavedChanges>(p => p.Add(x => x.Exist, exist));

        await page.InvokeAsync(() => navigation.NavigateTo("/plans"));
        await page.InvokeAsync(() => dialogs.Close(agrees ? new ConfirmAnswer(null) : null));

        await Wait.UntilAsync(() => navigation.History.Count == 2);
        Assert.EndsWith(then, navigation.Uri, StringComparison.Ordinal);
        Assert.Equal(exist ? ["Leave without saving"] : [], asked);
    }
}
