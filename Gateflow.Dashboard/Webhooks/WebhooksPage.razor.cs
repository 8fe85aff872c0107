using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Wizard;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Radzen;

namespace Gateflow.Dashboard.Webhooks;

/// <summary>The webhooks, and the messages of the one whose id stands in the address.</summary>
public sealed partial class WebhooksPage(
    WebhookStore store, DeliveryBook book, Deliveries sender, DialogService dialogs, IAuthorizationService authorization) : IDisposable
{
    private const int Most = 50;

    private readonly Loaded<IReadOnlyList<WebhookView>> webhooks = new("The webhooks");
    private readonly Loaded<IReadOnlyList<DeliveryView>> deliveries = new("The messages");
    private readonly Dictionary<string, DeliveryView> results = new(StringComparer.Ordinal);
    private readonly Saving saving = new();
    private readonly CancellationTokenSource left = new();
    private string? testing;
    private string? sending;

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    /// <summary>Id of the webhook whose messages are listed.</summary>
    [SupplyParameterFromQuery]
    private string? Show { get; set; }

    private WebhookView? Shown => webhooks.Value?.FirstOrDefault(w => w.Id == Show) ?? (webhooks.Value is [var only] ? only : null);

    public void Dispose()
    {
        sender.Changed -= Sent;
        left.Cancel();
        left.Dispose();
    }

    protected override void OnInitialized() => sender.Changed += Sent;

    protected override Task OnParametersSetAsync() => ReadAsync();

    private void Sent(string webhookId) => _ = InvokeAsync(async () =>
    {
        if (!left.IsCancellationRequested)
        {
            await ReadAsync();
            StateHasChanged();
        }
    });

    private async Task ReadAsync()
    {
        await webhooks.ReadAsync(async () => await store.ListAsync(left.Token));
        if (Shown is { } shown)
        {
            await deliveries.ReadAsync(async () => (await book.ListAsync(shown.Id, null, Most, null, left.Token))?.Data);
        }
    }

    private async Task OpenAsync(WebhookView? webhook)
    {
        saving.Forget();
        await dialogs.OpenAsync<WebhookDialog>(
            webhook is null ? "Add webhook" : $"Edit {webhook.Host}",
            new Dictionary<string, object?> { [nameof(WebhookDialog.Webhook)] = webhook, [nameof(WebhookDialog.Actor)] = (await Acting.OfAsync(Session, authorization)).Name },
            new DialogOptions { Width = "560px", CloseDialogOnOverlayClick = false, AutoFocusFirstElement = true });
        await ReadAsync();
    }

    private async Task TestAsync(WebhookView webhook)
    {
        testing = webhook.Id;
        results.Remove(webhook.Id);
        await saving.TryAsync(async () =>
        {
            var tested = await book.TestAsync(webhook.Id, (await Acting.OfAsync(Session, authorization)).Name, CancellationToken.None);
            if (tested.IsOk)
            {
                results[webhook.Id] = tested.Value;
            }

            return tested.Refusal?.Message;
        });
        testing = null;
        await ReadAsync();
    }

    private async Task RedeliverAsync(DeliveryView message)
    {
        sending = message.Id;
        await saving.TryAsync(async () => (await book.RedeliverAsync(message.WebhookId, message.Id, CancellationToken.None)).Refusal?.Message);
        sending = null;
        await ReadAsync();
    }

    private async Task DeleteAsync(WebhookView webhook)
    {
        saving.Forget();
        if (await dialogs.ConfirmAsync(WebhookWords.Deleting(webhook)) is not null)
        {
            await saving.TryAsync(async () => (await store.DeleteAsync(webhook.Id, (await Acting.OfAsync(Session, authorization)).Name, CancellationToken.None)).Refusal?.Message, confirmed: true);
            await ReadAsync();
        }
    }
}
