namespace Gateflow.Dashboard.Parts;

/// <summary>What a skeleton stands in for.</summary>
public enum SkeletonShape
{
    Text,
    Tiles,
    Table,
    Chart,
    Cards,
}
