using System.Text.Json;
using Gateflow.Gateway.Schemas;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Messages;

/// <summary>Settings of a message that have several forms.</summary>
internal static class MessagesRequestSettings
{
    /// <summary><c>thinking {type: enabled | adaptive | between_tools | disabled, budget_tokens, display}</c> and <c>output_config {effort}</c>.</summary>
    public static Reasoning? Reasoning(RequestField? thinking, RequestField? output)
    {
        foreach (var (name, value) in output?.Members(static name => name is not ("effort" or "format")) ?? new Dictionary<string, JsonElement>())
        {
            throw new RequestField(value, $"output_config.{name}").Unsupported($"has no '{name}'");
        }

        var effort = output?.Find("effort")?.Text();
        if (thinking is not { } given)
        {
            return effort is null ? null : new Reasoning(effort);
        }

        var (type, display) = (given.Need("type"), given.Find("display")?.Text());
        var summary = display == "summarized" ? "auto" : null;
        return type.Text() switch
        {
            "enabled" => new Reasoning(effort, given.Need("budget_tokens").Count(least: 1), Summary: summary),
            "adaptive" or "between_tools" => new Reasoning(effort, Summary: summary) { Adaptive = true },
            "disabled" => new Reasoning(effort, Enabled: false),
            _ => throw type.Invalid("enabled, adaptive, between_tools or disabled"),
        };
    }

    /// <summary>
    /// <c>{type: json_schema, schema}</c>. Anthropic always holds to the schema; others do so in a strict mode, which OpenAI has only for schemas
    /// whose objects are closed and require all that they have.
    /// </summary>
    public static ResponseFormat? Format(RequestField? format)
    {
        if (format is not { } given)
        {
            return null;
        }

        var type = given.Need("type");
        var schema = type.Text() == "json_schema" ? given.Need("schema").Object() : throw type.Invalid("json_schema");
        return new ResponseFormat(FormatKind.Schema, Schema: schema, Strict: ClosedSchema.Is(schema) ? true : null);
    }

    /// <summary><c>metadata {user_id}</c>.</summary>
    public static string? User(RequestField? metadata)
    {
        if (metadata is not { } given)
        {
            return null;
        }

        return given.Members(static name => name != "user_id").Count == 0 ? given.Find("user_id")?.Text() : throw given.Invalid("an object with user_id alone");
    }
}
