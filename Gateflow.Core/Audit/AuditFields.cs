using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Gateflow.Core.Audit;

/// <summary>Which fields of a row change: their names as the wire has them, one level into documents.</summary>
internal static class AuditFields
{
    public static IReadOnlyList<string> Of(EntityEntry entry) => entry.State != EntityState.Modified
        ? []
        : [.. entry.Properties.Where(p => p.IsModified && !AuditChanges.IsStamp(p.Metadata.Name)).SelectMany(Names)];

    private static IEnumerable<string> Names(PropertyEntry property)
    {
        var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Metadata.Name);
        if (Document(property, property.OriginalValue) is not { } before || Document(property, property.CurrentValue) is not { } after)
        {
            return [name];
        }

        return before.Select(p => p.Key).Union(after.Select(p => p.Key), StringComparer.Ordinal)
            .Where(field => !JsonNode.DeepEquals(before[field], after[field]))
            .Select(field => property.EntityEntry.Entity is Setting ? field : $"{name}.{field}");
    }

    /// <summary>The value as an object; null when it is no document.</summary>
    private static JsonObject? Document(PropertyEntry property, object? value)
    {
        if (value is string text)
        {
            return property.EntityEntry.Entity is Setting && text.StartsWith('{') ? JsonNode.Parse(text) as JsonObject : null;
        }

        return value is null || value.GetType().IsPrimitive || property.Metadata.GetValueConverter() is null || value is Enum or DateTimeOffset or Guid or byte[]
            ? null
            : JsonSerializer.SerializeToNode(value, value.GetType(), JsonColumn.Options) as JsonObject;
    }
}
