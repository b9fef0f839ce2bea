//! `wasi:filesystem/types` of WASI 0.3 as this host serves it.
//!
//! In: the calls of a guest. Out: wasmtime's own implementation, except that a refused write into a folder that is
//! granted read-only answers `read-only`, as `files` does for WASI 0.2, and is remembered.

use std::future::ready;

use wasmtime::AsContextMut as _;
use wasmtime::component::{Access, Accessor, FutureReader, HasData, Linker, Resource, StreamReader};
use wasmtime_wasi::filesystem::{Descriptor as Open, WasiFilesystem, WasiFilesystemCtxView, WasiFilesystemView};
use wasmtime_wasi::p3::bindings::filesystem::types::{
    self, Advice, Descriptor, DescriptorFlags, DescriptorStat, DescriptorType, DirectoryEntry, ErrorCode, Filesize,
    Host as FilesystemHost, HostDescriptor, HostDescriptorWithStore, MetadataHashValue, NewTimestamp, OpenFlags,
    PathFlags,
};
use wasmtime_wasi::p3::filesystem::{FilesystemError, FilesystemResult};

use crate::host::Host;

/// Adds the interface to a linker.
pub(crate) fn add_to_linker(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    types::add_to_linker::<Host, Files>(linker, |host| View(WasiFilesystemView::filesystem(host)))
}

pub(crate) struct Files;

impl HasData for Files {
    type Data<'a> = View<'a>;
}

/// The table and context, under a type of our own: the traits below cannot stand on wasmtime's.
pub(crate) struct View<'a>(WasiFilesystemCtxView<'a>);

type Inner = Accessor<Host, WasiFilesystem>;

/// What wasmtime's implementation takes in place of our accessor.
fn inner(store: &Accessor<Host, Files>) -> Inner {
    store.with_getter::<WasiFilesystem>(<Host as WasiFilesystemView>::filesystem)
}

fn inner_access<'a>(store: &'a mut Access<'_, Host, Files>) -> Access<'a, Host, WasiFilesystem> {
    Access::<Host, WasiFilesystem>::new(store.as_context_mut(), <Host as WasiFilesystemView>::filesystem)
}

/// Whether the descriptor came from a folder that is granted read-only.
fn read_only(host: &mut Host, descriptor: &Resource<Descriptor>) -> bool {
    match host.table.get(descriptor) {
        Ok(Open::File(file)) => file.perms.write_not_permitted(),
        Ok(Open::Dir(dir)) => dir.perms.write_not_permitted(),
        Err(_) => false,
    }
}

/// The same, from where the store is not at hand.
fn is_read_only(store: &Accessor<Host, Files>, descriptors: &[&Resource<Descriptor>]) -> bool {
    store.with(|mut access| {
        let host = access.data_mut();
        descriptors.iter().any(|descriptor| read_only(host, descriptor))
    })
}

/// The result of an operation that writes, with `read-only` as its error where the grant forbids writing.
fn written<T>(store: &Accessor<Host, Files>, read_only: bool, result: FilesystemResult<T>) -> FilesystemResult<T> {
    let refused = matches!(&result, Err(error) if matches!(error.downcast_ref(), Some(ErrorCode::NotPermitted)));
    if read_only && refused {
        store.with(|mut access| access.data_mut().refused.write());
        return Err(ErrorCode::ReadOnly.into());
    }
    result
}

type Done = FutureReader<Result<(), ErrorCode>>;

/// Ends a stream that was to be written into a folder that is granted read-only.
fn refuse_stream(mut store: Access<'_, Host, Files>, mut data: StreamReader<u8>) -> wasmtime::Result<Done> {
    store.data_mut().refused.write();
    data.close(&mut store)?;
    FutureReader::new(&mut store, ready(wasmtime::error::Ok(Err(ErrorCode::ReadOnly))))
}

impl FilesystemHost for View<'_> {
    fn convert_error_code(&mut self, error: FilesystemError) -> wasmtime::Result<ErrorCode> {
        self.0.convert_error_code(error)
    }
}

impl HostDescriptor for View<'_> {
    fn drop(&mut self, fd: Resource<Descriptor>) -> wasmtime::Result<()> {
        HostDescriptor::drop(&mut self.0, fd)
    }
}

/// Methods that never write, handed on as they are.
macro_rules! read {
    ($($name:ident($($arg:ident: $ty:ty),*) -> $result:ty;)*) => {
        $(async fn $name(store: &Accessor<Host, Self>, fd: Resource<Descriptor>, $($arg: $ty),*) -> $result {
            <WasiFilesystem as HostDescriptorWithStore<Host>>::$name(&inner(store), fd, $($arg),*).await
        })*
    };
}

/// Methods that write, with their refusal translated.
macro_rules! write {
    ($($name:ident($($arg:ident: $ty:ty),*);)*) => {
        $(async fn $name(
            store: &Accessor<Host, Self>,
            fd: Resource<Descriptor>,
            $($arg: $ty),*
        ) -> FilesystemResult<()> {
            let read_only = is_read_only(store, &[&fd]);
            let done = <WasiFilesystem as HostDescriptorWithStore<Host>>::$name(&inner(store), fd, $($arg),*).await;
            written(store, read_only, done)
        })*
    };
}

impl HostDescriptorWithStore<Host> for Files {
    read! {
        advise(offset: Filesize, length: Filesize, advice: Advice) -> FilesystemResult<()>;
        sync_data() -> FilesystemResult<()>;
        get_flags() -> FilesystemResult<DescriptorFlags>;
        get_type() -> FilesystemResult<DescriptorType>;
        sync() -> FilesystemResult<()>;
        stat() -> FilesystemResult<DescriptorStat>;
        stat_at(flags: PathFlags, path: String) -> FilesystemResult<DescriptorStat>;
        readlink_at(path: String) -> FilesystemResult<String>;
        is_same_object(other: Resource<Descriptor>) -> wasmtime::Result<bool>;
        metadata_hash() -> FilesystemResult<MetadataHashValue>;
        metadata_hash_at(flags: PathFlags, path: String) -> FilesystemResult<MetadataHashValue>;
    }

    write! {
        set_size(size: Filesize);
        set_times(accessed: NewTimestamp, modified: NewTimestamp);
        create_directory_at(path: String);
        set_times_at(flags: PathFlags, path: String, accessed: NewTimestamp, modified: NewTimestamp);
        remove_directory_at(path: String);
        symlink_at(from: String, to: String);
        unlink_file_at(path: String);
    }

    async fn link_at(
        store: &Accessor<Host, Self>,
        fd: Resource<Descriptor>,
        flags: PathFlags,
        path: String,
        new_fd: Resource<Descriptor>,
        new_path: String,
    ) -> FilesystemResult<()> {
        let read_only = is_read_only(store, &[&fd, &new_fd]);
        let inner = inner(store);
        let done =
            <WasiFilesystem as HostDescriptorWithStore<Host>>::link_at(&inner, fd, flags, path, new_fd, new_path);
        written(store, read_only, done.await)
    }

    async fn rename_at(
        store: &Accessor<Host, Self>,
        fd: Resource<Descriptor>,
        path: String,
        new_fd: Resource<Descriptor>,
        new_path: String,
    ) -> FilesystemResult<()> {
        let read_only = is_read_only(store, &[&fd, &new_fd]);
        let inner = inner(store);
        let done = <WasiFilesystem as HostDescriptorWithStore<Host>>::rename_at(&inner, fd, path, new_fd, new_path);
        written(store, read_only, done.await)
    }

    async fn open_at(
        store: &Accessor<Host, Self>,
        fd: Resource<Descriptor>,
        path_flags: PathFlags,
        path: String,
        open: OpenFlags,
        flags: DescriptorFlags,
    ) -> FilesystemResult<Resource<Descriptor>> {
        let writes = open.intersects(OpenFlags::CREATE | OpenFlags::TRUNCATE)
            || flags.intersects(DescriptorFlags::WRITE | DescriptorFlags::MUTATE_DIRECTORY);
        let read_only = writes && is_read_only(store, &[&fd]);
        let inner = inner(store);
        let opened =
            <WasiFilesystem as HostDescriptorWithStore<Host>>::open_at(&inner, fd, path_flags, path, open, flags);
        written(store, read_only, opened.await)
    }

    fn read_via_stream(
        mut store: Access<'_, Host, Self>,
        fd: Resource<Descriptor>,
        offset: Filesize,
    ) -> wasmtime::Result<(StreamReader<u8>, Done)> {
        WasiFilesystem::read_via_stream(inner_access(&mut store), fd, offset)
    }

    fn write_via_stream(
        mut store: Access<'_, Host, Self>,
        fd: Resource<Descriptor>,
        data: StreamReader<u8>,
        offset: Filesize,
    ) -> wasmtime::Result<Done> {
        if read_only(store.data_mut(), &fd) {
            return refuse_stream(store, data);
        }
        WasiFilesystem::write_via_stream(inner_access(&mut store), fd, data, offset)
    }

    fn append_via_stream(
        mut store: Access<'_, Host, Self>,
        fd: Resource<Descriptor>,
        data: StreamReader<u8>,
    ) -> wasmtime::Result<Done> {
        if read_only(store.data_mut(), &fd) {
            return refuse_stream(store, data);
        }
        WasiFilesystem::append_via_stream(inner_access(&mut store), fd, data)
    }

    fn read_directory(
        mut store: Access<'_, Host, Self>,
        fd: Resource<Descriptor>,
    ) -> wasmtime::Result<(StreamReader<DirectoryEntry>, Done)> {
        WasiFilesystem::read_directory(inner_access(&mut store), fd)
    }
}
