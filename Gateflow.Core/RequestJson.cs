using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;

namespace Gateflow.Core;

/// <summary>
/// How requests are read: strictly, where <see cref="JsonColumn"/> is lenient with what is stored. A field that is not known, a number for a name, or a null
/// where nothing may be missing would each do something that nobody asked for; here they are faults.
/// </summary>
public static class RequestJson
{
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false), new UtcInstant() },
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

    /// <summary>Where a value could not be read, as the request names it: "steps[0].weight".</summary>
    /// <param name="field">What is named when the fault itself does not tell.</param>
    public static string ParamOf(JsonException fault, string field = "")
    {
        var path = fault is NullElement ? fault.Path?[..fault.Path.LastIndexOf('[')] : fault.Path; // the element after it is counted
        return path is { Length: > 2 } ? path[2..] : field;
    }

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
