using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;

namespace Gateflow.Core;

/// <summary>
/// How requests are read: strictly, where <see cref="JsonColumn"/> is lenient with what is stored. A field that is not known, a number for a name, or a null or
/// nothing where nothing may be missing would each do something that nobody asked for; here they are faults.
/// </summary>
public static class RequestJson
{
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new WireEnum(), new UtcInstant() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RefuseNullElements } },
    };

    /// <summary>Names of the fields that a request may give of a record.</summary>
    public static IReadOnlyList<string> FieldsOf<T>() => [.. Options.GetTypeInfo(typeof(T)).Properties.Where(p => p.Set is not null).Select(p => p.Name)];

    /// <summary>A fault for each field of a request that the record does not have.</summary>
    public static IEnumerable<Fault> Unknown<T>(JsonObject request)
    {
        var fields = FieldsOf<T>();
        return request.Where(r => !fields.Contains(r.Key)).Select(r => new Fault(r.Key, $"'{r.Key}' is no field here; there are {string.Join(", ", fields)}."));
    }

    /// <summary>What a request leaves out though it has no default: "steps[0].hold_minutes".</summary>
    public static IEnumerable<string> Missing<T>(JsonObject request) => Missing(typeof(T), request, "");

    /// <summary>Where a value could not be read, as the request names it: "steps[0].weight".</summary>
    /// <param name="field">What is named when the fault itself does not tell.</param>
    public static string ParamOf(JsonException fault, string field = "")
    {
        var path = fault is NullElement ? fault.Path?[..fault.Path.LastIndexOf('[')] : fault.Path; // the element after it is counted
        return path is { Length: > 2 } ? path[2..] : field;
    }

    private static IEnumerable<string> Missing(Type type, JsonNode? given, string at) => (Options.GetTypeInfo(type), given) switch
    {
        ({ Kind: JsonTypeInfoKind.Enumerable, ElementType: { } element }, JsonArray list) => list.SelectMany((one, i) => Missing(element, one, $"{at}[{i}]")),
        ({ Kind: JsonTypeInfoKind.Object } record, JsonObject fields) => record.Properties.SelectMany(p => Missing(p, fields, at.Length == 0 ? p.Name : $"{at}.{p.Name}")),
        _ => [],
    };

    private static IEnumerable<string> Missing(JsonPropertyInfo property, JsonObject given, string at) =>
        given.TryGetPropertyValue(property.Name, out var value) ? Missing(property.PropertyType, value, at) : property.IsRequired ? [at] : [];

    private static void RefuseNullElements(JsonTypeInfo type)
    {
        if (type is { Kind: JsonTypeInfoKind.Enumerable, ElementType.IsValueType: false })
        {
            type.OnDeserialized = static list =>
            {
                if (((IEnumerable)list).Cast<object?>().Contains(null))
                {
                    throw new NullElement();
                }
            };
        }
    }

    private sealed class NullElement() : JsonException("A list may not hold null.");
}
