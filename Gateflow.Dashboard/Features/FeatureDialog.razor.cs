using System.Globalization;
using System.Text.Json.Nodes;
using Gateflow.Core.Access;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Gateflow.Dashboard.Features;

/// <summary>Describes a feature, by the API's own rules.</summary>
public sealed partial class FeatureDialog(FeatureBook book, ApiKeys all, DialogService dialogs)
{
    private readonly HashSet<string> chosen = new(StringComparer.Ordinal);
    private readonly Saving saving = new();
    private IReadOnlyList<Fault> faults = [];
    private JsonObject shown = [];
    private IReadOnlyList<KeyView> keys = [];
    private string? name;
    private string? owner;
    private string? description;
    private string? budget;
    private string? unread;

    /// <summary>The feature to change or to describe; null for a new one.</summary>
    [Parameter]
    public FeatureView? Feature { get; set; }

    /// <summary>Who does it.</summary>
    [Parameter, EditorRequired]
    public string Actor { get; set; } = "";

    protected override async Task OnInitializedAsync()
    {
        if (Feature is not null)
        {
            (name, owner, description, budget) = (Feature.Name, Feature.Owner, Feature.Description, Feature.MonthlyBudgetUsd?.ToString("0.##", CultureInfo.InvariantCulture));
            chosen.UnionWith(Feature.DefaultKeys.Select(k => k.Id));
            shown = Request();
        }

        try
        {
            keys = [.. (await all.ListAsync(CancellationToken.None)).Where(k => k.RevokedAt is null && k.Role == Role.Application).OrderBy(k => k.Name, StringComparer.OrdinalIgnoreCase)];
        }
        catch (Exception broken) when (DatabaseFault.Is(broken))
        {
            unread = $"The keys could not be read: {broken.Message}";
        }
    }

    private string? Fault(string field) => faults.FirstOrDefault(f => f.Param == field)?.Message;

    private string? Invalid(string field) => Fault(field) is null ? null : "true";

    private void Choose(string id, bool on)
    {
        if (on)
        {
            chosen.Add(id);
        }
        else
        {
            chosen.Remove(id);
        }
    }

    private JsonObject Request()
    {
        var text = budget?.Trim().TrimStart('$').Trim();
        return new JsonObject
        {
            ["name"] = name?.Trim() ?? "",
            ["owner"] = owner,
            ["description"] = description,
            ["monthly_budget_usd"] = string.IsNullOrEmpty(text) ? null
                : NumberText.Amount(text) is { } usd ? JsonValue.Create(usd) : JsonValue.Create(text),
            ["default_keys"] = new JsonArray([.. chosen.Order(StringComparer.Ordinal).Select(id => JsonValue.Create(id))]),
        };
    }

    private Task<bool> SubmitAsync() => saving.TryAsync(async () =>
    {
        var saved = Feature?.Id is { } id
            ? await book.UpdateAsync(id, FormEdit.Patch(shown, Request()), CancellationToken.None, FeatureDraft.Of(Feature).ToJson())
            : await book.CreateAsync(Request(), Actor, CancellationToken.None);
        faults = saved.Refusal?.Faults ?? [];
        if (saved.IsOk)
        {
            dialogs.Close(true);
        }

        return faults.Count == 0 ? saved.Refusal?.Message : null;
    });
}
