namespace Gateflow.Core.Storage;

/// <summary>An aggregate guarded against two writers: the token changes with every save.</summary>
public interface IVersioned
{
    Guid Version { get; set; }
}
