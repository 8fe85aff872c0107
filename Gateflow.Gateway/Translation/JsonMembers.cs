using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateflow.Gateway.Translation;

/// <summary>Sets members of a provider's JSON that are given, and leaves the others out.</summary>
internal static class JsonMembers
{
    /// <summary>A value of the caller's as it is.</summary>
    public static JsonNode? Node(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(value),
        JsonValueKind.Array => JsonArray.Create(value),
        _ => JsonValue.Create(value),
    };

    public static void Set(this JsonObject json, string name, string? value)
    {
        if (value is not null)
        {
            json[name] = value;
        }
    }

    public static void Set(this JsonObject json, string name, bool? value)
    {
        if (value is { } given)
        {
            json[name] = given;
        }
    }

    public static void Set(this JsonObject json, string name, long? value)
    {
        if (value is { } given)
        {
            json[name] = given;
        }
    }

    public static void Set(this JsonObject json, string name, double? value)
    {
        if (value is { } given)
        {
            json[name] = given;
        }
    }

    public static void Set(this JsonObject json, string name, JsonElement? value)
    {
        if (value is { } given)
        {
            json[name] = Node(given);
        }
    }

    public static void Set(this JsonObject json, string name, JsonNode? value)
    {
        if (value is not null)
        {
            json[name] = value;
        }
    }
}
