export { isOurs, originalsOf, sizedOf } from './names.js'
export { findPicture, removePicture } from './handed-in.js'
export { filesOf, type GivenFile, handInPictures, type StoredFile } from './pictures.js'
export { makeHandedIn } from './renditions.js'
