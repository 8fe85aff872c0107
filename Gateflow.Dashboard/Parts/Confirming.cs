using Radzen;

namespace Gateflow.Dashboard.Parts;

/// <summary>Asks through Radzen's dialogs.</summary>
public static class Confirming
{
    /// <summary>Null when the person did not agree.</summary>
    public static async Task<ConfirmAnswer?> ConfirmAsync(this DialogService dialogs, ConfirmRequest request)
    {
        ArgumentNullException.ThrowIfNull(dialogs);
        ArgumentNullException.ThrowIfNull(request);
        object? answer = await dialogs.OpenAsync<ConfirmDialog>(
            request.Title,
            new Dictionary<string, object?> { [nameof(ConfirmDialog.Request)] = request },
            new DialogOptions { Width = "480px", CloseDialogOnEsc = true, AutoFocusFirstElement = true });
        return answer as ConfirmAnswer;
    }
}
