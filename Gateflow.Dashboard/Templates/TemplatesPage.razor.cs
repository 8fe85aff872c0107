using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Wizard;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Radzen;

namespace Gateflow.Dashboard.Templates;

/// <summary>The list of templates, own ones first; its filter stands in the address.</summary>
public sealed partial class TemplatesPage(TemplateBook book, DialogService dialogs, NavigationManager navigation, IAuthorizationService authorization) : IDisposable
{
    private readonly Loaded<IReadOnlyList<TemplateView>> templates = new("The templates");
    private readonly Saving saving = new();
    private readonly FilterText typed = new();
    private readonly CancellationTokenSource left = new();

    [SupplyParameterFromQuery]
    private string? Q { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    public void Dispose()
    {
        left.Cancel();
        left.Dispose();
    }

    protected override Task OnInitializedAsync() => ReadAsync();

    protected override void OnParametersSet() => typed.Follow(Q);

    private bool Takes(TemplateView template) => string.IsNullOrWhiteSpace(Q)
        || template.Sources.Append(template.Target).Append(template.Name).Any(t => t?.Contains(Q.Trim(), StringComparison.OrdinalIgnoreCase) == true);

    private void Filter(string? text)
    {
        typed.Type(text);
        navigation.NavigateTo(typed.Text.Trim() is { Length: > 0 } sought ? $"/templates?q={Uri.EscapeDataString(sought)}" : "/templates", replace: true);
    }

    private Task ReadAsync() => templates.ReadAsync(async () => await book.ListAsync(left.Token));

    private async Task DeleteAsync(TemplateView template)
    {
        saving.Forget();
        if (await dialogs.ConfirmAsync(TemplateWords.Deleting(template)) is not null)
        {
            await saving.TryAsync(async () => (await book.DeleteAsync(template.Id, (await Acting.OfAsync(Session, authorization)).Name, CancellationToken.None)).Refusal?.Message, confirmed: true);
            await ReadAsync();
        }
    }
}
