namespace Gateflow.Core.Access;

/// <summary>What a key or a person may do; each includes the ones before it.</summary>
public enum Role
{
    /// <summary>May call models, nothing else.</summary>
    Application,

    /// <summary>May read the management API.</summary>
    Viewer,

    /// <summary>May run migrations.</summary>
    Operator,

    /// <summary>May do everything, keys and settings included.</summary>
    Admin,
}
