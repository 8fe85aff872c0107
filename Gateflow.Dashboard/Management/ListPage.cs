namespace Gateflow.Dashboard.Management;

/// <summary>A page of a list as the API answers it.</summary>
/// <param name="Data">The items.</param>
/// <param name="NextCursor">What to send as <c>cursor</c> for the next page; null on the last.</param>
public sealed record ListPage<T>(IReadOnlyList<T> Data, [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.Never)] string? NextCursor)
{
    [System.Text.Json.Serialization.JsonPropertyName("object")]
    public string Kind { get; } = "list";
}
