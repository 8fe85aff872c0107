using Microsoft.AspNetCore.Components;
using Radzen;

namespace Gateflow.Dashboard.Parts;

/// <summary>Content of the dialog that <see cref="Confirming.ConfirmAsync"/> opens.</summary>
public sealed partial class ConfirmDialog(DialogService dialogs)
{
    private string reason = "";
    private bool asked;

    [Parameter, EditorRequired]
    public ConfirmRequest Request { get; set; } = default!;

    private DialogService Dialogs { get; } = dialogs;

    private bool Missing => asked && Request.ReasonRequired && string.IsNullOrWhiteSpace(reason);

    private void Confirm()
    {
        asked = true;
        if (!Missing)
        {
            Dialogs.Close(new ConfirmAnswer(string.IsNullOrWhiteSpace(reason) ? null : reason.Trim()));
        }
    }
}
