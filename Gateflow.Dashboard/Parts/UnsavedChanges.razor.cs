using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Radzen;

namespace Gateflow.Dashboard.Parts;

/// <summary>Asks before a page is left on which something was changed and not saved.</summary>
public sealed partial class UnsavedChanges(DialogService dialogs)
{
    /// <summary>True while there is something to lose.</summary>
    [Parameter, EditorRequired]
    public bool Exist { get; set; }

    private async Task AskAsync(LocationChangingContext leaving)
    {
        if (Exist && await dialogs.ConfirmAsync(Question) is null)
        {
            leaving.PreventNavigation();
        }
    }

    private static ConfirmRequest Question => new() { Title = "Leave without saving", Consequence = "What you changed on this page is not saved, and is lost when you leave it.", Verb = "Leave without saving" };
}
