namespace Gateflow.Core.Migrations;

/// <summary>The recipe that is compiled to steps. <see cref="Steps"/> stands for an own list.</summary>
public enum Strategy
{
    Instant,
    Canary,
    Shadow,
    Scheduled,
    Steps,
}
