using System.Globalization;
using System.Text.RegularExpressions;
using Gateflow.Core.Compatibility;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Radzen;

namespace Gateflow.Dashboard.Catalog;

/// <summary>One model: every fact with its source, edited and reset one by one; prices over time, names, parameters.</summary>
public sealed partial class ModelPage(ModelReader reader, ModelBook book, RuleBook rules, DialogService dialogs, NavigationManager navigation)
{
    private const string Example = """{"retires_on": "2027-12-31", "source": "mail of the provider"}""";

    private static readonly Crumb[] Way = [new("Settings"), new("Models", "/settings/models")];

    private readonly Loaded<ModelView> model = new("The model");
    private readonly Saving saving = new();
    private bool missing;

    [Parameter]
    public string Provider { get; set; } = "";

    [Parameter]
    public string Id { get; set; } = "";

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    private string Name => $"{Provider}/{Id}";

    protected override Task OnParametersSetAsync() => ReadAsync();

    /// <summary>That a parameter is taken as it is needs no line, unless somebody entered it.</summary>
    private static List<RuleView> Known(ModelView found) => [.. found.Rules.Where(r => r.Verdict != ParameterVerdict.Accept || r.Id is not null)];

    private Task ReadAsync() => model.ReadAsync(async () =>
    {
        var found = await reader.FindAsync(Name, CancellationToken.None);
        missing = !found.IsOk;
        return found.Value;
    });

    private async Task<string> ActorAsync() => (await Session).User.Identity?.Name ?? "unknown";

    private Task EditAsync(FactView fact) => OpenAsync<FactDialog>(
        Core.Catalog.FactFields.Words(fact.Field), new Dictionary<string, object?> { [nameof(FactDialog.Model)] = Name, [nameof(FactDialog.Fact)] = fact });

    private Task PriceAsync() => OpenAsync<PriceDialog>(
        "New price", new Dictionary<string, object?> { [nameof(PriceDialog.Model)] = Name, [nameof(PriceDialog.Standing)] = model.Value!.Prices.FirstOrDefault(p => p.Current) });

    private Task RuleAsync() => OpenAsync<RuleDialog>(
        "New rule", new Dictionary<string, object?> { [nameof(RuleDialog.Provider)] = Provider, [nameof(RuleDialog.Models)] = $"^{Regex.Escape(model.Value!.Id)}$" });

    private async Task OpenAsync<T>(string title, Dictionary<string, object?> parameters)
        where T : ComponentBase
    {
        saving.Forget();
        parameters["Actor"] = await ActorAsync();
        await dialogs.OpenAsync<T>(title, parameters, new DialogOptions { Width = "560px", CloseDialogOnOverlayClick = false, AutoFocusFirstElement = true });
        await ReadAsync();
    }

    private async Task ResetAsync(string field, string? validFrom)
    {
        await TryResetAsync(field, validFrom);
        await ReadAsync();
    }

    private Task<bool> TryResetAsync(string? field, string? validFrom) =>
        saving.TryAsync(async () => (await book.ResetAsync(Name, field, validFrom, await ActorAsync(), CancellationToken.None)).Refusal?.Message, confirmed: field is null);

    private async Task DeleteRuleAsync(string id)
    {
        await saving.TryAsync(async () => (await rules.DeleteAsync(id, await ActorAsync(), CancellationToken.None)).Refusal?.Message);
        await ReadAsync();
    }

    private async Task ResetAllAsync()
    {
        var found = model.Value!;
        var facts = found.Facts.Count(f => f.IsStored) + found.Prices.Count(p => p.IsStored);
        var request = found.IsOwn
            ? new ConfirmRequest
            {
                Title = $"Delete {found.Id}", Verb = "Delete model", Danger = true,
                Consequence = string.Create(CultureInfo.InvariantCulture, $"The catalog forgets {found.Name} and its {facts} facts."),
                Facts = [found.Served ? "Providers that list it go on serving it, without facts: cost unknown, no limits checked." : "No provider serves it."],
            }
            : new ConfirmRequest
            {
                Title = $"Reset {found.Id}", Verb = "Reset all facts", Danger = true,
                Consequence = $"{Display.Count(facts, "fact")} that you entered or imported are forgotten; what ships with Gateflow counts again for the next request.",
            };
        if (await dialogs.ConfirmAsync(request) is null)
        {
            return;
        }

        if (await TryResetAsync(null, null) && found.IsOwn)
        {
            navigation.NavigateTo("/settings/models");
            return;
        }

        await ReadAsync();
    }
}
