using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Wizard;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Radzen;

namespace Gateflow.Dashboard.Features;

/// <summary>The features with the use made of them; those that are only seen in traffic stand among them.</summary>
public sealed partial class FeaturesPage(FeatureBook book, DialogService dialogs, IAuthorizationService authorization) : IDisposable
{
    private readonly Loaded<IReadOnlyList<FeatureView>> features = new("The features");
    private readonly Saving saving = new();
    private readonly CancellationTokenSource left = new();

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    public void Dispose()
    {
        left.Cancel();
        left.Dispose();
    }

    protected override Task OnInitializedAsync() => ReadAsync();

    private Task ReadAsync() => features.ReadAsync(async () => await book.ListAsync(seen: true, left.Token));

    private async Task OpenAsync(FeatureView? feature)
    {
        saving.Forget();
        await dialogs.OpenAsync<FeatureDialog>(
            feature?.Id is null ? "Add feature" : $"Edit {feature.Name}",
            new Dictionary<string, object?> { [nameof(FeatureDialog.Feature)] = feature, [nameof(FeatureDialog.Actor)] = (await Acting.OfAsync(Session, authorization)).Name },
            new DialogOptions { Width = "560px", CloseDialogOnOverlayClick = false, AutoFocusFirstElement = true });
        await ReadAsync();
    }

    private async Task RemoveAsync(FeatureView feature)
    {
        saving.Forget();
        var confirmed = await dialogs.ConfirmAsync(new ConfirmRequest
        {
            Title = $"Remove {feature.Name}",
            Consequence = "Owner, description and budget are forgotten.",
            Facts = ["Usage and keys stay as they are: requests of this name are recorded and shown as before."],
            Verb = "Remove feature",
            Danger = true,
        });
        if (confirmed is not null)
        {
            await saving.TryAsync(async () => (await book.DeleteAsync(feature.Id!, CancellationToken.None)).Refusal?.Message, confirmed: true);
            await ReadAsync();
        }
    }
}
