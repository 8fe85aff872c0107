using System.Text.Json;
using System.Text.RegularExpressions;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Replay;

namespace Gateflow.Gateway.Compatibility;

/// <summary>
/// Writes stored chat completions for a target as the gateway would, sends nothing, and tells what becomes of their tools, their schemas for answers and
/// the order of their roles. No word of a request is kept but the names of tools, schemas and parameters.
/// </summary>
/// <param name="source">The model that the requests named.</param>
/// <param name="target">The model that shall answer, with one endpoint at least.</param>
/// <param name="shims">Whether requests are fitted to the target's family.</param>
public sealed partial class SampleProbe(ModelRoute source, ModelRoute target, bool shims)
{
    /// <summary>Most different declarations of tools and schemas that are written; further ones are counted and told as not checked.</summary>
    public const int MaxSchemas = 100;

    private static readonly string[] ChangesOfRoles = ["messages", "tool_result", "thought_signature", "tools:defaulted"];

    private readonly Dictionary<string, Finding> _schemas = new(StringComparer.Ordinal);
    private readonly Dictionary<Finding, int> _found = [];
    private int _notChecked;

    /// <summary>Requests that were read.</summary>
    public int Samples { get; private set; }

    /// <summary>Reads one stored request; what is no JSON object is not counted.</summary>
    public void Add(ReadOnlyMemory<byte> chat)
    {
        JsonDocument json;
        try
        {
            json = JsonDocument.Parse(chat);
        }
        catch (JsonException)
        {
            return;
        }

        using (json)
        {
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                return;
            }

            Samples++;
            foreach (var finding in Declarations(json.RootElement).Concat(Whole(json.RootElement, chat.Span)).Distinct())
            {
                _found[finding] = _found.GetValueOrDefault(finding) + 1;
            }
        }
    }

    /// <summary>A check for each tool, each schema and each order of roles, the worst first; they count samples.</summary>
    public IReadOnlyList<CompatibilityCheckResult> Results()
    {
        var checks = _found.OrderByDescending(f => f.Key.Status).ThenByDescending(f => f.Value).ThenBy(f => f.Key.Subject, StringComparer.Ordinal)
            .Select(f => f.Key.ToCheck() with { RequestsAffected = f.Value, SamplesChecked = Samples });
        var rest = new CompatibilityCheckResult
        {
            Feature = SampledFeatures.ToolSchema, Status = CheckStatus.Warn, IsUnknown = true, SamplesChecked = Samples,
            Detail = $"The stored requests hold more than {MaxSchemas} different tools and schemas: the others were not checked",
        };
        return _notChecked == 0 ? [.. checks] : [.. checks, rest with { RequestsAffected = _notChecked }];
    }

    private List<Finding> Declarations(JsonElement request)
    {
        var (findings, left) = (new List<Finding>(), false);
        foreach (var use in SchemaUse.Of(request))
        {
            if (!_schemas.TryGetValue(use.Key, out var finding))
            {
                if (_schemas.Count >= MaxSchemas)
                {
                    left = true;
                    continue;
                }

                _schemas[use.Key] = finding = Judge(use);
            }

            findings.Add(finding);
        }

        _notChecked += left ? 1 : 0;
        return findings;
    }

    private Finding Judge(SchemaUse use)
    {
        var (feature, what) = use.IsTool ? (SampledFeatures.ToolSchema, "tool") : (SampledFeatures.ResponseSchema, "schema");
        var (written, refusal) = WrittenRequest.Of(use.Request, target, source, shims);
        if (written is null)
        {
            return new Finding(feature, use.Name, CheckStatus.Fail, Refused(refusal));
        }

        var sent = SentSchema.Of(written.Json, written.Dialect, use.IsTool);
        var faults = sent is null ? [] : SchemaRules.Faults(sent, target.Endpoints[0]);
        var changes = Words(written.Notes.All.Where(note => IsAbout(note, use.IsTool)));
        return (faults, changes) switch
        {
            ({ Count: > 0 }, _) => new Finding(feature, use.Name, CheckStatus.Fail, $"{target.Id} refuses the {what}: {string.Join("; ", faults)}", changes),
            (_, not null) => new Finding(feature, use.Name, CheckStatus.Warn, $"The {what} is changed for {target.Id}", changes),
            (null, _) => new Finding(feature, use.Name, CheckStatus.Warn, $"The {what} is sent as it is; what the server of {target.Id} refuses is not known", IsUnknown: true),
            _ => new Finding(feature, use.Name, CheckStatus.Pass, $"{target.Id} gets the {what} as it is"),
        };
    }

    /// <summary>What becomes of the roles, and of a part that is neither role nor schema and that the gateway refuses.</summary>
    private IEnumerable<Finding> Whole(JsonElement request, ReadOnlySpan<byte> chat)
    {
        var (written, refusal) = WrittenRequest.Of(chat, target, source, shims);
        var layout = RoleLayout.Of(request);
        if (written is not null)
        {
            var changes = Words(written.Notes.All.Where(static note => ChangesOfRoles.Any(begin => note.StartsWith(begin, StringComparison.Ordinal))));
            return [changes is null
                ? new Finding(SampledFeatures.RoleLayout, layout, CheckStatus.Pass, $"{target.Id} gets the roles as they are")
                : new Finding(SampledFeatures.RoleLayout, layout, CheckStatus.Warn, $"The conversation is changed for {target.Id}", changes)];
        }

        var param = refusal?.Param is { } named && Parameter().Match(named) is { Success: true } safe ? safe.Value : "request";
        return param switch
        {
            "messages" => [new Finding(SampledFeatures.RoleLayout, layout, CheckStatus.Fail, Refused(refusal))],
            "tools" or "functions" or "response_format" => [],
            _ => [new Finding(SampledFeatures.Request, param, CheckStatus.Fail, Refused(refusal))],
        };
    }

    /// <summary>Never the error's message: it may quote the request.</summary>
    private string Refused(GatewayError? refusal) => refusal is null
        ? $"The provider of {target.Id} has no API for it"
        : $"The gateway cannot say it in the protocol of {target.Id} ({refusal.Code})";

    private static bool IsAbout(string note, bool isTool) => isTool
        ? note.StartsWith("tools", StringComparison.Ordinal) || note.StartsWith("functions", StringComparison.Ordinal)
        : note.StartsWith("response_format", StringComparison.Ordinal);

    private static string? Words(IEnumerable<string> notes) =>
        notes.Select(NoteWords.Of).Distinct(StringComparer.Ordinal).ToList() is { Count: > 0 } words ? string.Join("; ", words) : null;

    /// <summary>The first word of a path: "messages" of "messages[2].content".</summary>
    [GeneratedRegex("^[a-z][a-z0-9_]{0,59}")]
    private static partial Regex Parameter();

    private sealed record Finding(string Feature, string Subject, CheckStatus Status, string Detail, string? Shim = null, bool IsUnknown = false)
    {
        public CompatibilityCheckResult ToCheck() => new() { Feature = Feature, Subject = Subject, Status = Status, Detail = Detail, Shim = Shim, IsUnknown = IsUnknown };
    }
}
