using System.Net.Mail;
using System.Text.Json.Nodes;
using Gateflow.Core;
using Gateflow.Core.Access;
using Gateflow.Core.Members;
using Gateflow.Core.Migrations;

namespace Gateflow.Dashboard.Members;

/// <summary>What may be set of a member, with its rules; the same for the API and the page.</summary>
internal sealed record MemberDraft
{
    /// <summary>Actors that are no people.</summary>
    private static readonly string[] Reserved = ["gateflow", "administrator", "unknown"];

    private static readonly string[] Fields = ["name", "email", "role", "disabled"];

    public string Name { get; init; } = "";

    public string Email { get; init; } = "";

    public Role Role { get; init; } = Role.Viewer;

    public bool Disabled { get; init; }

    public static MemberDraft Of(Member member) => new() { Name = member.Name, Email = member.Email, Role = member.Role, Disabled = member.Disabled };

    /// <summary>As a request names the fields.</summary>
    public JsonObject ToJson() => new() { ["name"] = Name, ["email"] = Email, ["role"] = Wire.Name(Role), ["disabled"] = Disabled };

    /// <summary>Takes the fields that the request names, and finds every fault.</summary>
    public (MemberDraft Draft, IReadOnlyList<Fault> Faults) With(JsonObject request)
    {
        List<Fault> faults = [];
        var draft = this;
        foreach (var (field, value) in request)
        {
            switch (field)
            {
                case "name" when Is(value, out string? name):
                    draft = draft with { Name = name.Trim() };
                    break;
                case "email" when Is(value, out string? email):
                    draft = draft with { Email = email.Trim().ToLowerInvariant() };
                    break;
                case "role" when Is(value, out string? role) && Wire.TryParse<Role>(role, out var known) && known >= Role.Viewer:
                    draft = draft with { Role = known };
                    break;
                case "role":
                    faults.Add(new Fault(field, "role must be viewer, operator or admin."));
                    break;
                case "disabled" when Is(value, out bool? disabled):
                    draft = draft with { Disabled = disabled.Value };
                    break;
                default:
                    faults.Add(new Fault(field, Fields.Contains(field)
                        ? $"{field} must be {(field == "disabled" ? "true or false" : "a text")}."
                        : $"'{field}' is no field of a member; there are {string.Join(", ", Fields)}."));
                    break;
            }
        }

        draft.Check(faults);
        return (draft, faults);
    }

    private void Check(List<Fault> faults)
    {
        if (Name.Length is 0 or > Member.LongestName || Name.Any(char.IsControl))
        {
            Add("name", $"name is required, of at most {Member.LongestName} characters: history names the member by it.");
        }
        else if (Reserved.Contains(Name, StringComparer.OrdinalIgnoreCase) || Name.StartsWith("key_", StringComparison.Ordinal))
        {
            Add("name", $"'{Name}' would be taken for the program itself in history; use the person's name.");
        }

        if (Email.Length > Member.LongestEmail || !MailAddress.TryCreate(Email, out var address) || address.Address != Email)
        {
            Add("email", "email must be an address such as ada@example.com; the member signs in with it.");
        }

        void Add(string field, string message)
        {
            if (!faults.Exists(f => f.Param == field))
            {
                faults.Add(new Fault(field, message));
            }
        }
    }

    private static bool Is<T>(JsonNode? node, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? value)
    {
        value = default;
        return node is JsonValue some && some.TryGetValue(out value) && value is not null;
    }
}
