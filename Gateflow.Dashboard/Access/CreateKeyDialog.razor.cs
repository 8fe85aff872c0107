using FluentValidation;
using Gateflow.Core.Access;
using Gateflow.Core.Limits;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Gateflow.Dashboard.Access;

/// <summary>Asks what a new key is for, makes it by the API's own rules, and shows its secret this once.</summary>
public sealed partial class CreateKeyDialog(ApiKeys store, IValidator<CreateKey> rules, DialogService dialogs)
{
    private readonly List<Fault> faults = [];
    private readonly LimitDraft limits = new();
    private readonly Saving saving = new();
    private CreatedKey? created;
    private string? name;
    private Role role = Role.Application;
    private KeyType type = KeyType.Prod;
    private string? feature;
    private DateOnly? expires;

    /// <summary>Who makes the key.</summary>
    [Parameter, EditorRequired]
    public string Actor { get; set; } = "";

    /// <summary>A model for the snippets.</summary>
    [Parameter, EditorRequired]
    public string Model { get; set; } = "";

    private CreateKey Request(KeyLimits numbers) => new()
    {
        Name = name,
        Type = role == Role.Admin ? KeyType.Admin : type,
        Role = role,
        Feature = string.IsNullOrWhiteSpace(feature) ? null : feature,
        RateLimits = numbers,
        AllowedModels = limits.ModelList,
        AllowedIps = limits.AddressList,
        ExpiresAt = expires is { } day ? new DateTimeOffset(day.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) : null,
    };

    private string? Fault(string field) => faults.Find(f => f.Param == field)?.Message;

    private string? Invalid(string field) => Fault(field) is null ? null : "true";

    private Task<bool> SubmitAsync() => saving.TryAsync(async () =>
    {
        faults.Clear();
        var request = Request(limits.Read(faults));
        faults.AddRange(rules.Validate(request).Errors.Select(e => new Fault(ConfigPatch.WireName(e.PropertyName), e.ErrorMessage)));
        if (faults.Count > 0)
        {
            return null;
        }

        var result = await store.CreateAsync(request, Actor, CancellationToken.None);
        created = result.Value;
        return result.Refusal?.Message;
    });
}
